import { wrap } from "../../../../runtime/calls/cached-function";
import type { Plan } from "../../../../runtime/plan";
import { withCache } from "../../../../runtime/calls/with-cache";
import { keyOver, template } from "../../../support/templates";
import { pass } from "./clock";
import { textOf } from "./misdeeds";

type Loader = (...args: never[]) => Promise<unknown>;

const tag = template(["user:", ""], (id: unknown) => [id]);
const resultTag = template(["author:", ""], (result: { author: number }) => [result.author]);
const plans: Readonly<Record<string, Partial<Plan>>> = {
  plain: {},
  tagged: { tags: [tag] },
  "with a tag of the result": { resultTags: [resultTag] },
  timed: { staleMs: 1_000, staleIfErrorMs: 60_000, early: 1, ttlMs: 1 },
  "with a timeout": { timeoutMs: 2_000 },
  "in memory": { memoryMs: 60_000 },
};

/**
 * Makes calls of every kind, which must return what the loader does. A refresh or an invalidation
 * may reject with an Error.
 */
export async function use(cache: string, further: Partial<Plan> = {}): Promise<string[]> {
  const wrong: string[] = [];
  const expect = async (
    what: string,
    call: () => Promise<unknown>,
    expected: string,
  ): Promise<void> => {
    const got = await call().then(
      JSON.stringify,
      (error: unknown) => `rejected with ${textOf(error)}`,
    );
    if (got !== expected) wrong.push(`${what}: ${got}`);
  };
  const settle = async (
    what: string,
    call: () => Promise<unknown>,
    expected?: string,
  ): Promise<void> => {
    const got = await call().then(JSON.stringify, (error: unknown) =>
      error instanceof Error && error.name === "BackendError"
        ? expected
        : `rejected with ${textOf(error)}`,
    );
    if (got !== expected) wrong.push(`${what}: ${got}`);
  };
  const useKind = async (kind: string, plan: Partial<Plan>): Promise<void> => {
    const load = async (id: number): Promise<object> => {
      await new Promise((resolve) => setTimeout(resolve, id === 3 ? 25 : 1));
      return { id, author: 7 };
    };
    const f = wrapOf(cache, { name: `f ${kind}`, ...plan, ...further }, load) as typeof load &
      Operations;
    const value = (id: number): string => JSON.stringify({ id, author: 7 });
    await Promise.all([1, 1, 2, 3].map((id) => expect(`${kind}(${id})`, () => f(id), value(id))));
    await expect(`${kind}(1) again`, () => f(1), value(1));
    await expect(`${kind}(1) once more`, () => f(1), value(1));
    await expect(
      `${kind}(4) with a signal`,
      () => withCache({ signal: new AbortController().signal }, () => f(4)),
      value(4),
    );
    await expect(
      `${kind}(5), a refreshing call`,
      () => withCache({ mode: "refresh" }, () => f(5)),
      value(5),
    );
    await settle(`${kind}.refresh`, () => f.refresh(1), value(1));
    await settle(`${kind}.invalidate`, () => f.invalidate(1));
    await settle(`${kind}.invalidateTag`, () => f.invalidateTag("user:1"));
    await expect(`${kind}(1) after that`, () => f(1), value(1));
  };
  await Promise.all(Object.entries(plans).map(([kind, plan]) => useKind(kind, plan)));
  const load = async (ids: number[]): Promise<string[]> => ids.map((id) => `v${id}`);
  const many = wrapOf(cache, { name: "many", batch: "array", tags: [tag] }, load) as typeof load &
    Operations;
  await expect("batch", () => many([1, 2]), '["v1","v2"]');
  await expect("batch of others", () => many([2, 3, 4, 5]), '["v2","v3","v4","v5"]');
  await expect("batch again", () => many([6, 7, 8]), '["v6","v7","v8"]');
  await settle("batch.refresh", () => many.refresh([1, 2]), '["v1","v2"]');
  await settle("batch.invalidate", () => many.invalidate([1, 2]));
  await expect("batch of nothing", () => many([]), "[]");
  return wrong;
}

interface Operations {
  refresh(...args: unknown[]): Promise<unknown>;
  invalidate(...args: unknown[]): Promise<void>;
  invalidateTag(tag: string): Promise<void>;
}

export function wrapOf(cache: string, plan: Partial<Plan>, loader: Loader): unknown {
  const whole: Plan = { name: "f", key: keyOver((...args) => args), cache, ...plan };
  return wrap(() => whole, loader as never, whole.name);
}

/**
 * Calls a function whose loader fails once something is stored and has expired by `clock`, which
 * the cache must have.
 */
export async function failing(cache: string): Promise<string[]> {
  let fails = false;
  const load = async (): Promise<number> => {
    if (fails) throw new Error("no database");
    return 1;
  };
  const f = wrapOf(
    cache,
    { name: "failing", ttlMs: 1, staleIfErrorMs: 60_000 },
    load,
  ) as () => Promise<unknown>;
  await f();
  pass(5);
  fails = true;
  const got = await f().catch((error: unknown) => textOf(error).includes("no database") && 1);
  return got === 1 ? [] : [`it returned ${textOf(got)}`];
}
