import test, { type ExecutionContext } from "ava";
import type { BackendTask } from "../../../runtime/backends/backend-failure";
import { BackendError } from "../../../runtime/errors";
import { Guard, type GuardOptions } from "../../../runtime/cache/guard";
import { FakeClock } from "../../../runtime/testing/fake-clock";

const never = (): Promise<never> => new Promise(() => {});
const answer = async (): Promise<string> => "value";
const fail =
  (error: unknown = new Error("no connection")) =>
  (): Promise<never> =>
    Promise.reject(error);

/** These are the settings that `configure` resolves to by default. */
const defaults = {
  store: "redis",
  deadlineMs: 250,
  maxInFlight: 10_000,
  breakerFailures: 5,
  breakerMs: 1_000,
};

/**
 * Creates a guard on a clock that stands still, and records everything that its breaker reports.
 */
function createGuard(options: Partial<GuardOptions> = {}) {
  const clock = new FakeClock();
  const trace: string[] = [];
  const guard = new Guard({
    ...defaults,
    clock,
    onStateChange: (state, cause) => trace.push(cause ? `${state}: ${cause.message}` : state),
    ...options,
  });
  return { clock, guard: asPromises(guard), trace };
}

/** Does the same with a promise in place of the callbacks. */
function asPromises(guard: Guard) {
  return {
    get state() {
      return guard.state;
    },
    run: <T>(task: BackendTask, keys: readonly string[], start: () => Promise<T>) =>
      new Promise<T>((resolve, reject) => guard.run(task, keys, start, resolve, reject)),
  };
}

async function rejection(t: ExecutionContext, promise: Promise<unknown>): Promise<BackendError> {
  return await t.throwsAsync(promise, { instanceOf: BackendError });
}

async function failTimes(guard: ReturnType<typeof asPromises>, times: number): Promise<void> {
  for (let i = 0; i < times; i++) await guard.run("read", ["key"], fail()).catch(() => {});
}

test("what the backend answers is passed on, its errors with their cause", async (t) => {
  const { guard } = createGuard();
  t.is(await guard.run("read", ["user:42"], answer), "value");
  const cause = new Error("Connection is closed.");
  const error = await rejection(t, guard.run("delete", ["user:42"], fail(cause)));
  t.is(error.message, 'Could not invalidate "user:42": redis failed: Connection is closed.');
  t.like(error, { code: "ZCACHE_BACKEND", operation: "delete", keys: ["user:42"], cause });
});

test("a backend that throws has failed", async (t) => {
  const { guard } = createGuard();
  const error = await rejection(
    t,
    guard.run("read", ["key"], () => {
      throw new TypeError("oops");
    }),
  );
  t.is(error.message, 'Could not read "key": redis failed: oops.');
});

test("a message names what was tried, and three keys at most", async (t) => {
  const { guard } = createGuard({ breakerFailures: 100 });
  const message = async (
    operation: BackendTask,
    keys: string[],
    cause: unknown = new Error("x"),
  ): Promise<string> => (await rejection(t, guard.run(operation, keys, fail(cause)))).message;
  t.is(await message("read", ["a", "b", "c"]), 'Could not read "a", "b", "c": redis failed: x.');
  t.is(await message("acquire", ["a"]), 'Could not take the lease on "a": redis failed: x.');
  t.is(await message("renew", ["a"]), 'Could not renew the lease on "a": redis failed: x.');
  t.is(await message("write", ["a"]), 'Could not store "a": redis failed: x.');
  t.is(await message("release", ["a"]), 'Could not give up the lease on "a": redis failed: x.');
  t.is(
    await message("ensureVersions", ["tag:a"]),
    'Could not create the version of "tag:a": redis failed: x.',
  );
  t.is(await message("invalidateTag", ["a"]), 'Could not invalidate the tag "a": redis failed: x.');
  t.is(
    await message("delete", [..."abcdefgh"]),
    'Could not invalidate "a", "b", "c" and 5 more: redis failed: x.',
  );
  const refused = Object.assign(new AggregateError([]), { code: "ECONNREFUSED" });
  t.is(await message("read", ["a"], refused), 'Could not read "a": redis failed: ECONNREFUSED.');
  t.is(await message("read", ["a"], "text"), 'Could not read "a": redis failed: text.');
});

test("the caller is told at exactly the deadline that there was no answer", async (t) => {
  const { guard, clock } = createGuard();
  let message = "";
  guard.run("delete", ["user:42"], never).catch((error: Error) => (message = error.message));
  await clock.advance(249);
  t.is(message, "");
  await clock.advance(1);
  t.is(message, 'Could not invalidate "user:42": redis did not answer within 250 ms.');
  t.is(clock.pending, 0);
});

test("one timer serves all operations, each of which has its whole deadline", async (t) => {
  const { guard, clock } = createGuard({ breakerFailures: 100 });
  const start = clock.now();
  const times: number[] = [];
  for (let i = 0; i < 4; i++) {
    guard.run("read", ["key"], never).catch(() => times.push(clock.now() - start));
    await guard.run("read", ["key"], answer);
    t.is(clock.pending, 1);
    await clock.advance(60);
  }
  await clock.advance(1_000);
  t.deepEqual(times, [250, 310, 370, 430]);
  t.is(clock.pending, 0);
});

test("answers that arrived while the process was busy are read before anything is given up", async (t) => {
  let turned: (() => void) | undefined;
  const { guard, clock, trace } = createGuard({
    breakerFailures: 1,
    turn: (callback) => (turned = callback),
  });
  let respond!: (value: string) => void;
  const arrived = guard.run(
    "read",
    ["arrived"],
    () => new Promise<string>((resolve) => (respond = resolve)),
  );
  const lost = rejection(t, guard.run("read", ["lost"], never));
  await clock.advance(5_000);
  respond("late but here");
  t.is(await arrived, "late but here");
  turned?.();
  t.is((await lost).message, 'Could not read "lost": redis did not answer within 250 ms.');
  t.is(trace.length, 1);
});

test("time in which the process was busy doesn't count against the store, once", async (t) => {
  const { guard, clock } = createGuard({ breakerFailures: 1 });
  const begun = clock.now();
  const lost = rejection(t, guard.run("read", ["key"], never)).then(() => clock.now() - begun);
  // Its timer fires late, and so does the next one.
  clock.set(begun + 1_000);
  await clock.advance(0);
  t.is(guard.state, "closed");
  await clock.advance(249);
  t.is(guard.state, "closed");
  clock.set(begun + 2_000);
  await clock.advance(0);
  t.is(await lost, 2_000);
  t.is(guard.state, "open");
});

test("a clock that is set back neither keeps callers waiting for long nor the breaker open", async (t) => {
  const { guard, clock } = createGuard({ breakerFailures: 1 });
  const lost = rejection(t, guard.run("read", ["key"], never));
  clock.set(clock.now() - 3_600_000);
  await clock.advance(3_600_000 + 250);
  await lost;
  t.is(guard.state, "open");
  clock.set(clock.now() - 3_600_000);
  t.is(await guard.run("read", ["key"], answer), "value");
  t.is(guard.state, "closed");
});

test("after failures in a row the store is not asked, until a probe succeeds", async (t) => {
  const { guard, clock, trace } = createGuard();
  await failTimes(guard, 5);
  await clock.advance(200);
  const refused = await rejection(
    t,
    guard.run("delete", ["user:42"], () => t.fail()),
  );
  t.is(
    refused.message,
    'Could not invalidate "user:42": redis is held off by the breaker after 5 failures in a row; next probe in 800 ms.',
  );
  await clock.advance(799);
  await rejection(
    t,
    guard.run("read", ["key"], () => t.fail()),
  );
  await clock.advance(1);
  t.is(await guard.run("read", ["key"], answer), "value");
  t.is(await guard.run("read", ["key"], answer), "value");
  t.deepEqual(trace, [
    'open: Could not read "key": redis failed: no connection.',
    "half-open",
    "closed",
  ]);
});

test("deadlines and errors count alike, and a success in between resets the count", async (t) => {
  const { guard, clock } = createGuard();
  await failTimes(guard, 4);
  await guard.run("read", ["key"], answer);
  await failTimes(guard, 3);
  t.is(guard.state, "closed");
  const lost = [
    rejection(t, guard.run("read", ["a"], never)),
    rejection(t, guard.run("read", ["b"], never)),
  ];
  await clock.advance(250);
  await Promise.all(lost);
  t.is(guard.state, "open");
});

test("one probe passes at a time", async (t) => {
  const { guard, clock } = createGuard();
  await failTimes(guard, 5);
  await clock.advance(1_000);
  let respond!: (value: string) => void;
  const probe = guard.run(
    "read",
    ["probe"],
    () => new Promise<string>((resolve) => (respond = resolve)),
  );
  const refused = await rejection(
    t,
    guard.run("read", ["key"], () => t.fail()),
  );
  t.is(
    refused.message,
    'Could not read "key": redis is held off by the breaker after 5 failures in a row; a probe is under way.',
  );
  respond("value");
  t.is(await probe, "value");
  t.is(guard.state, "closed");
});

test("a probe that fails, or isn't answered, opens the breaker again for the whole time", async (t) => {
  const { guard, clock, trace } = createGuard();
  await failTimes(guard, 5);
  await clock.advance(1_000);
  await failTimes(guard, 1);
  t.regex(
    (await rejection(t, guard.run("read", ["key"], answer))).message,
    /after 6 failures in a row; next probe in 1000 ms/,
  );
  await clock.advance(1_000);
  const probe = rejection(t, guard.run("read", ["probe"], never));
  await clock.advance(250);
  await probe;
  t.is(guard.state, "open");
  await clock.advance(999);
  await rejection(t, guard.run("read", ["key"], answer));
  await clock.advance(1);
  t.is(await guard.run("read", ["key"], answer), "value");
  t.deepEqual(
    trace.map((line) => line.split(":")[0]),
    ["open", "half-open", "open", "half-open", "open", "half-open", "closed"],
  );
});

test("answers to operations from before the breaker opened neither close it nor open it longer", async (t) => {
  const { guard, clock, trace } = createGuard({ deadlineMs: 100, breakerMs: 50 });
  const ends: (() => void)[] = [];
  const begin = (end: "resolve" | "reject") =>
    guard.run(
      "read",
      ["key"],
      () =>
        new Promise((resolve, reject) =>
          ends.push(end === "resolve" ? () => resolve(0) : () => reject(new Error("late"))),
        ),
    );
  const timedOut = rejection(t, begin("resolve"));
  await clock.advance(60);
  const [slow, slowFailure] = [begin("resolve"), rejection(t, begin("reject"))];
  await failTimes(guard, 5);
  t.is(guard.state, "open");
  await clock.advance(40);
  await timedOut;
  for (const end of ends) end();
  await Promise.all([slow, slowFailure]);
  t.is(guard.state, "open");
  await clock.advance(10);
  const probe = guard.run("read", ["key"], answer);
  t.is(guard.state, "half-open");
  await probe;
  t.deepEqual(trace.length, 3);
});

test("a late answer of an operation that timed out is not an unhandled rejection and closes nothing", async (t) => {
  const { guard, clock } = createGuard({ breakerFailures: 1, breakerMs: 10_000 });
  const ends: (() => void)[] = [];
  const a = rejection(
    t,
    guard.run("read", ["a"], () => new Promise((resolve) => ends.push(() => resolve(0)))),
  );
  const b = rejection(
    t,
    guard.run(
      "read",
      ["b"],
      () => new Promise((_, reject) => ends.push(() => reject(new Error("late")))),
    ),
  );
  await clock.advance(250);
  await Promise.all([a, b]);
  for (const end of ends) end();
  // AVA fails the run on an unhandled rejection, which Node reports when the promises are done.
  await clock.advance(0);
  t.is(guard.state, "open");
});

test("a request that a healthy store refuses is rejected, and is not a failure of the store", async (t) => {
  const { guard } = createGuard();
  const refusals = [
    "WRONGTYPE Operation against a key holding the wrong kind of value",
    "NOPERM this user has no permissions to run the 'get' command",
    "NOSCRIPT No matching script. Please use EVAL.",
    "ERR unknown command 'foo'",
    "OOM command not allowed when used memory > 'maxmemory'.",
    "ERR Error running script (call to f_1): @user_script:1: @user_script: 1: -OOM command not allowed",
    "READONLY You can't write against a read only replica.",
    "NOREPLICAS Not enough good replicas to write.",
    "MISCONF Redis is configured to save RDB snapshots",
  ];
  for (const message of refusals) {
    await failTimes(guard, 4);
    const error = await rejection(t, guard.run("read", ["key"], fail(createReplyError(message))));
    t.is(error.message, `Could not read "key": redis failed: ${message.replace(/\.$/, "")}.`);
    t.is(guard.state, "closed");
  }
});

test("an error that any request would get is a failure of the store", async (t) => {
  const troubles = [
    "LOADING Redis is loading the dataset in memory",
    "CLUSTERDOWN The cluster is down",
    "TRYAGAIN Multiple keys request during rehashing of slot",
    "BUSY Redis is busy running a script.",
    "NOAUTH Authentication required.",
    "WRONGPASS invalid username-password pair or user is disabled.",
    "ERR max number of clients reached",
    "ERR Error running script (call to f_1): @user_script:1: @user_script: 1: -LOADING Redis is loading the dataset",
  ];
  for (const message of troubles) {
    const { guard } = createGuard({ breakerFailures: 1 });
    await rejection(t, guard.run("read", ["key"], fail(createReplyError(message))));
    t.is(guard.state, "open", message);
  }
  // Only an answer of Redis can be a refusal.
  const { guard } = createGuard({ breakerFailures: 1 });
  await rejection(t, guard.run("read", ["key"], fail(new Error("ERR"))));
  t.is(guard.state, "open");
});

test("a release is sent regardless of the breaker and the cap, and is not the breaker's probe", async (t) => {
  const { guard, clock } = createGuard({ breakerFailures: 1, maxInFlight: 1 });
  await failTimes(guard, 1);
  t.is(guard.state, "open");
  t.is(await guard.run("release", ["key"], answer), "value");
  t.is(guard.state, "open");
  await clock.advance(1_000);
  const probe = rejection(t, guard.run("read", ["key"], never));
  t.is(guard.state, "half-open");
  t.is(await guard.run("release", ["key"], answer), "value");
  await rejection(t, guard.run("release", ["key"], fail()));
  t.is(guard.state, "half-open");
  await clock.advance(250);
  await probe;
});

test("an answer that its caller can't read rejects, and throws nowhere", async (t) => {
  const guard = new Guard({ ...defaults, clock: new FakeClock() });
  const error = await new Promise<BackendError>((resolve) =>
    guard.run(
      "read",
      ["key"],
      () => "no promise" as unknown as Promise<string>,
      () => {
        throw new TypeError("values is not iterable");
      },
      resolve,
    ),
  );
  t.is(error.message, 'Could not read "key": redis failed: values is not iterable.');
});

test("operations in flight are bounded, including those that timed out and are still queued", async (t) => {
  const { guard, clock } = createGuard({ maxInFlight: 2, breakerFailures: 100 });
  let end!: () => void;
  const timedOut = rejection(
    t,
    guard.run("read", ["a"], () => new Promise<void>((resolve) => (end = resolve))),
  );
  await clock.advance(250);
  await timedOut;
  const waiting = rejection(t, guard.run("read", ["b"], never));
  const refused = await rejection(
    t,
    guard.run("delete", ["c"], () => t.fail()),
  );
  t.is(refused.message, 'Could not invalidate "c": 2 operations are in flight already.');
  end();
  await clock.advance(0);
  t.is(await guard.run("read", ["d"], answer), "value");
  await clock.advance(250);
  await waiting;
});

test("reaching the cap is not a failure of the store, and doesn't use up the probe", async (t) => {
  const { guard, clock } = createGuard({ maxInFlight: 1, breakerFailures: 1 });
  let end!: () => void;
  const timedOut = rejection(
    t,
    guard.run("read", ["a"], () => new Promise<void>((resolve) => (end = resolve))),
  );
  await clock.advance(1_250);
  await timedOut;
  t.regex(
    (await rejection(t, guard.run("read", ["b"], answer))).message,
    /1 operations are in flight already/,
  );
  t.is(guard.state, "open");
  end();
  await clock.advance(0);
  t.is(await guard.run("read", ["c"], answer), "value");
});

/** Returns an error as ioredis makes it. */
function createReplyError(message: string): Error {
  return Object.assign(new Error(message), { name: "ReplyError" });
}
