import { hold } from "../../../runtime/transactions/hold";
import { transactional } from "../../../runtime/transactions/transactional";
import type { Mortal } from "./mortal";
import type { Id, Transact } from "./programs";
import { caller, functions, raiseFloor, world, writers } from "./world";

const rolledBack = new Error("rolled back");
const died = new Error("died");

export async function transact({ process, kind, id, end, ...given }: Transact): Promise<void> {
  const { truth, schedule } = world;
  const dies = end.endsWith("die");
  const mortal = dies ? (world.mortals.pop() as Mortal) : null;
  const holds = writers.hold && (given.holds || dies);
  const names =
    kind === "plain"
      ? { keys: [`plain:${id}`] }
      : { tags: [kind === "tagged" ? `${id}` : `by:${id}`] };
  const uncommitted = new Map<Id, number>();
  let written = 0;
  const commit = (): void => {
    written = ++truth[id];
    if (holds && writers.strict) raiseFloor(kind, id, written);
  };
  const isDone = caller.run({ kind, ids: [id], uncommitted }, () =>
    transactional(async () => {
      await schedule.point();
      if (holds) await hold({ ...names, cache: mortal?.name ?? `process ${process}`, lease: "1h" });
      uncommitted.set(id, truth[id] + 0.5);
      await schedule.point();
      const { one } = functions[process];
      if (!holds && !dies)
        await (names.tags
          ? one[kind].invalidateTag(names.tags[0] as string)
          : one[kind].invalidate(id));
      if (given.reads && (holds || !dies)) {
        const { n } = await one[kind](id);
        if (n !== uncommitted.get(id))
          throw new Error(`own: ${kind} ${id} is ${n}, not what was written`);
      }
      await schedule.point();
      if (end === "roll back") throw rolledBack;
      if (end !== "die" && (dies || !writers.commitLate)) commit();
      if (!mortal) return;
      mortal.die();
      throw died;
    }),
  );
  if (!mortal) {
    await isDone.catch((error: unknown) => {
      if (error !== rolledBack) throw error;
    });
    if (end === "roll back") return;
    if (writers.commitLate) commit();
    return raiseFloor(kind, id, written);
  }
  // The process never does what would come next, so that neither its transaction nor its hold ends
  // here.
  await Promise.race([mortal.hasDied, isDone]).catch((error: unknown) => {
    if (error !== died) throw error;
  });
  for (let i = schedule.pick(12); i > 0; i--) await schedule.point();
  await mortal.expire();
  raiseFloor(kind, id, written);
}
