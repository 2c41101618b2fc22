import test from "ava";
import { Sent } from "../../../runtime/cache/sent";

function deferred<T>(): {
  promise: Promise<T>;
  resolve: (value: T) => void;
  reject: (error: Error) => void;
} {
  let resolve!: (value: T) => void;
  let reject!: (error: Error) => void;
  const promise = new Promise<T>((toResolve, toReject) => {
    resolve = toResolve;
    reject = toReject;
  });
  return { promise, resolve, reject };
}

async function allJobs(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}

for (const ending of ["resolves", "rejects"] as const) {
  test(`a command whose late answer ${ending} in the same turn as its undoing is undone once more`, async (t) => {
    const sent = new Sent();
    const answer = deferred<string>();
    const undoing = deferred<void>();
    let undone = 0;
    sent.watch(answer.promise).catch(() => {});
    sent.undo(async () => {
      undone++;
      await undoing.promise;
      // The answer to a release takes a few promise jobs to here.
      for (let job = 0; job < 5; job++) await null;
    });
    await allJobs();
    t.is(undone, 1);
    // A connection may bring both answers in one piece.
    undoing.resolve();
    if (ending === "resolves") answer.resolve("leased");
    else answer.reject(new Error("the connection is gone"));
    await allJobs();
    t.is(undone, 2);
  });

  test(`a command that is answered already is undone once: its answer ${ending}`, async (t) => {
    const sent = new Sent();
    let undone = 0;
    const answer =
      ending === "resolves"
        ? Promise.resolve("leased")
        : Promise.reject(new Error("one key holds a list"));
    await sent.watch(answer).catch(() => {});
    sent.undo(async () => void undone++);
    await allJobs();
    t.is(undone, 1);
  });
}

test("a command that was not sent is not undone", async (t) => {
  let undone = 0;
  new Sent().undo(async () => void undone++);
  await allJobs();
  t.is(undone, 0);
});
