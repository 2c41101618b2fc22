import test from "ava";
import { type Clock, neverSetBack, systemClock } from "../../../runtime/clock";
import { FakeClock } from "../../../runtime/testing/fake-clock";

const day = 24 * 3_600_000;
const hour = 3_600_000;
const minute = 60_000;

/** Puts other timers in place of Node's while `run` runs, and returns what they were asked for. */
function withTimers(
  handle: unknown,
  run: (fire: () => void) => void,
): { delays: number[]; cleared: unknown[] } {
  const { setTimeout: set, clearTimeout: clear } = globalThis;
  const delays: number[] = [];
  const cleared: unknown[] = [];
  let callback = (): void => {};
  globalThis.setTimeout = ((next: () => void, ms: number) => {
    callback = next;
    delays.push(ms);
    return handle;
  }) as unknown as typeof setTimeout;
  globalThis.clearTimeout = (given: unknown) => void cleared.push(given);
  try {
    run(() => callback());
  } finally {
    Object.assign(globalThis, { setTimeout: set, clearTimeout: clear });
  }
  return { delays, cleared };
}

test.serial("timers may be numbers, or objects that can't be unreferenced", (t) => {
  for (const handle of [7, {}, { unref: () => undefined }]) {
    let called = 0;
    const { cleared } = withTimers(handle, (fire) => {
      const cancel = systemClock.after(10, () => called++);
      fire();
      cancel();
    });
    t.is(called, 1);
    t.deepEqual(cleared, [handle]);
  }
});

test.serial("a timer keeps the process from ending only if a caller waits for it", (t) => {
  let unreferenced = 0;
  const handle = { unref: () => unreferenced++ };
  withTimers(handle, () => void systemClock.after(10, () => {}, true));
  t.is(unreferenced, 0);
  withTimers(handle, () => void systemClock.after(10, () => {}));
  t.is(unreferenced, 1);
});

test.serial("a time that a timer can't hold is waited for in pieces", (t) => {
  let called = 0;
  const { delays } = withTimers(1, (fire) => {
    systemClock.after(60 * day, () => called++);
    fire();
    fire();
    t.is(called, 0);
    fire();
  });
  t.is(called, 1);
  t.is(
    delays.reduce((sum, ms) => sum + ms, 0),
    60 * day,
  );
  t.true(delays.every((ms) => ms <= 2 ** 31 - 1));
});

test.serial("a timer that was cancelled in its second piece doesn't call back", (t) => {
  const handles = [1, 2];
  const { setTimeout: set } = globalThis;
  let fire = (): void => {};
  let cleared: unknown = null;
  const { clearTimeout: clear } = globalThis;
  globalThis.setTimeout = ((next: () => void) => (
    (fire = next),
    handles.shift()
  )) as unknown as typeof setTimeout;
  globalThis.clearTimeout = (given: unknown) => void (cleared = given);
  try {
    const cancel = systemClock.after(30 * day, () => t.fail());
    fire();
    cancel();
  } finally {
    Object.assign(globalThis, { setTimeout: set, clearTimeout: clear });
  }
  t.is(cleared, 2);
});

test("time continues by the steady clock while the other one is set back", async (t) => {
  const clock = new FakeClock();
  const { now } = neverSetBack(clock);
  const begun = now();
  await clock.advance(minute);
  t.is(now() - begun, minute);
  clock.set(clock.now() - hour);
  t.is(now() - begun, minute);
  await clock.advance(59 * minute);
  t.is(now() - begun, hour);
  await clock.advance(day);
  t.is(now() - begun, hour + day);
});

test("a machine that slept, or a clock that is set forward, counts", async (t) => {
  const clock = new FakeClock();
  const { now } = neverSetBack(clock);
  const begun = now();
  clock.set(clock.now() + hour);
  t.is(now() - begun, hour);
  // The clock is back where it was. That hour has been counted, and isn't counted again.
  clock.set(clock.now() - hour);
  await clock.advance(minute);
  t.is(now() - begun, hour + minute);
  clock.set(clock.now() + hour);
  t.is(now() - begun, 2 * hour + minute);
});

test("two clocks that run a little apart don't add up", (t) => {
  let [wall, steady] = [1_000, 0];
  const { now } = neverSetBack({
    now: () => Math.floor(wall),
    steady: () => steady,
    after: systemClock.after,
  });
  const begun = now();
  // The clocks are asked right before and right after each tick of the wall clock, whose
  // milliseconds are whole.
  for (let i = 0; i < 10_000; i++) {
    const step = i % 2 === 0 ? 0.1 : 0.9;
    wall += step;
    steady += step;
    now();
  }
  t.true(Math.abs(now() - begun - 5_000) < 2, `${now() - begun}`);
});

test("without a steady clock the elapsed time is unknown, so everything that was kept has expired", (t) => {
  let wall = 1_700_000_000_000;
  const clock: Clock = { now: () => wall, after: systemClock.after };
  const { now } = neverSetBack(clock);
  const begun = now();
  wall += minute;
  t.is(now() - begun, minute);
  wall -= hour;
  t.true(now() - begun > 365 * day);
});

test("within a millisecond the steady clock is not asked again", (t) => {
  let asked = 0;
  let wall = 1_000;
  const clock: Clock = { now: () => wall, steady: () => ++asked, after: systemClock.after };
  const { now } = neverSetBack(clock);
  asked = 0;
  for (let i = 0; i < 100; i++) now();
  t.is(asked, 0);
  wall++;
  for (let i = 0; i < 100; i++) now();
  t.is(asked, 1);
});

test("all callers get the same monotonic time of a clock", (t) => {
  const clock = new FakeClock();
  t.is(neverSetBack(clock), neverSetBack(clock));
  t.is(neverSetBack(neverSetBack(clock)), neverSetBack(clock));
});
