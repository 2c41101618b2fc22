import { type Clock, systemClock } from "../../../../runtime/clock";
import { MemoryBackend } from "../../../../runtime/backends/memory-backend";
import { RedisBackend } from "../../../../runtime/backends/redis/redis-backend";
import { TieredBackend } from "../../../../runtime/backends/tiered/tiered-backend";
import { throws } from "./misdeeds";
import { row } from "./rows";
import { connect } from "./connect";
import { backendWith } from "./backends";

export async function clocks(): Promise<void> {
  const after = systemClock.after.bind(systemClock);
  const now = (): number => Date.now();
  /** Fails only after the first calls, which are made directly by the user's own code. */
  const later = <T>(work: () => T, good: () => T): (() => T) => {
    let calls = 0;
    return () => (++calls > 3 ? work() : good());
  };
  const faulty: Readonly<Record<string, () => Clock>> = {
    "whose after throws": () => ({ now, after: throws }),
    "whose after returns a number": () => ({
      now,
      after: ((...args: Parameters<Clock["after"]>) => (
        after(...args),
        5
      )) as unknown as Clock["after"],
    }),
    "whose after returns nothing": () => ({
      now,
      after: ((...args: Parameters<Clock["after"]>) =>
        void after(...args)) as unknown as Clock["after"],
    }),
    "whose timers can't be cancelled": () => ({
      now,
      after: (...args) => (after(...args), throws),
    }),
    "whose now throws": () => ({ now: later(throws, now), after }),
    "whose now is no number": () => ({ now: later(() => NaN, now), after }),
    "whose now is a text": () => ({ now: later(() => "now" as never, now), after }),
    "whose steady throws": () => ({ now, after, steady: later(throws, now) }),
  };
  for (const [what, create] of Object.entries(faulty)) {
    await row(`a clock ${what}, in memory`, () => ({ clock: create(), lease: "30ms" }));
    await row(`a clock ${what}, with a remote backend`, () => ({
      clock: create(),
      lease: "30ms",
      backend: backendWith({}, true),
    }));
    await row(`a clock ${what}, with Redis and a tier`, async () => {
      const client = await connect();
      const options = { maxLag: "100ms", clock: create() };
      const tier = new TieredBackend(
        new MemoryBackend({ clock: create() }),
        new RedisBackend(client),
        options,
      );
      return {
        clock: create(),
        lease: "30ms",
        backend: tier,
        end: () => (tier.close(), client.disconnect()),
      };
    });
  }
  await row("timers that are numbers", () => {
    const { setTimeout: real } = globalThis;
    globalThis.setTimeout = ((callback: () => void, ms: number) =>
      Number(real(callback, ms))) as never;
    return {
      backend: backendWith({}, true),
      lease: "30ms",
      end: () => (globalThis.setTimeout = real),
    };
  });
}
