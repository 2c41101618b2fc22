import test from "ava";
import type { WriteRequest } from "../../../runtime/backends/backend";
import { WriteQueue } from "../../../runtime/backends/outbox";
import { MergedWrites } from "../../../runtime/backends/redis/merged-writes";

function requestFor(key: string, bytes = Buffer.from("value")): WriteRequest {
  return { key, token: "12345678", leaseOnly: true, bytes, ttlMs: 1_000, versionKeys: [] };
}

/** @param answer is called with the keys of each command */
function createMerged(answer: (keys: readonly string[]) => Promise<boolean[]>): {
  readonly merged: MergedWrites;
  readonly queue: WriteQueue;
  readonly commands: (readonly string[])[];
} {
  const commands: (readonly string[])[] = [];
  const queue = new WriteQueue((send) => send());
  const merged = new MergedWrites(queue, (requests) => {
    const keys = requests.map(({ key }) => key);
    commands.push(keys);
    return answer(keys);
  });
  return { merged, queue, commands };
}

const allStored = (keys: readonly string[]): Promise<boolean[]> =>
  Promise.resolve(keys.map(() => true));

function serverError(message: string): Error {
  return Object.assign(new Error(message), { name: "ReplyError" });
}

test("writes of one tick are one command, and each is told its own answer", async (t) => {
  const { merged, commands } = createMerged((keys) =>
    Promise.resolve(keys.map((key) => key !== "b")),
  );
  const answers = await Promise.all(["a", "b", "c"].map((key) => merged.add(requestFor(key))));
  t.deepEqual(commands, [["a", "b", "c"]]);
  t.deepEqual(answers, [true, false, true]);
  await merged.add(requestFor("d"));
  t.deepEqual(commands.at(-1), ["d"], "a command that was sent is not joined");
});

test("one command has at most 128 writes and 64 KiB", async (t) => {
  const { merged, commands } = createMerged(allStored);
  await Promise.all(Array.from({ length: 300 }, (_, i) => merged.add(requestFor(String(i)))));
  t.deepEqual(
    commands.map(({ length }) => length),
    [128, 128, 44],
  );
  commands.length = 0;
  const large = Buffer.alloc(40 * 1024);
  await Promise.all(["a", "b", "c"].map((key) => merged.add(requestFor(key, large))));
  t.deepEqual(commands, [["a"], ["b"], ["c"]]);
});

test("whatever is asked about a key that is written to goes behind the write", async (t) => {
  const { merged, queue, commands } = createMerged(allStored);
  const stored = Promise.all(["a", "b"].map((key) => merged.add(requestFor(key))));
  queue.keepOrder(["c"]);
  t.deepEqual(commands, []);
  queue.keepOrder(["b"]);
  t.deepEqual(commands, [["a", "b"]]);
  await stored;
});

test("if the server refuses the command, each write is sent by itself", async (t) => {
  const { merged, commands } = createMerged((keys) =>
    keys.includes("forbidden")
      ? Promise.reject(serverError("NOPERM No permissions to access a key"))
      : allStored(keys),
  );
  const [first, forbidden, last] = await Promise.allSettled(
    ["a", "forbidden", "b"].map((key) => merged.add(requestFor(key))),
  );
  t.deepEqual(commands, [["a", "forbidden", "b"], ["a"], ["forbidden"], ["b"]]);
  t.deepEqual(first, { status: "fulfilled", value: true });
  t.is(forbidden?.status, "rejected");
  t.deepEqual(last, { status: "fulfilled", value: true });
});

test("nothing is sent again if the server has not answered", async (t) => {
  const { merged, commands } = createMerged(() =>
    Promise.reject(new Error("Connection is closed.")),
  );
  const all = await Promise.allSettled(["a", "b"].map((key) => merged.add(requestFor(key))));
  t.deepEqual(
    all.map(({ status }) => status),
    ["rejected", "rejected"],
  );
  t.is(commands.length, 1);
});
