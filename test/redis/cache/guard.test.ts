import test from "ava";
import { RedisBackend } from "../../../runtime/backends/redis/redis-backend";
import { Guard } from "../../../runtime/cache/guard";
import { FakeClock } from "../../../runtime/testing";
import { startRedis } from "../../support/redis";

test("a frozen server: reads reject after the deadline, then at once, and a probe finds it again", async (t) => {
  const server = await startRedis();
  const backend = new RedisBackend(server.client());
  const clock = new FakeClock();
  const options = {
    store: "redis",
    deadlineMs: 60,
    maxInFlight: 10_000,
    breakerFailures: 2,
    breakerMs: 100,
  };
  const guard = new Guard({ ...options, clock, onStateChange: () => {} });
  let sent = 0;
  const start = () => {
    sent++;
    return backend.read(["key"]);
  };
  /** Returns the message of a read that fails, or what it has read. */
  const read = () =>
    new Promise<unknown>((resolve) =>
      guard.run("read", ["key"], start, resolve, ({ message }) => resolve(message)),
    );
  t.deepEqual(await read(), [null]);

  server.freeze();
  for (let failures = 1; failures <= 2; failures++) {
    const late = read();
    await clock.advance(59);
    t.is(await Promise.race([late, "waits"]), "waits");
    await clock.advance(1);
    t.regex(String(await late), /redis did not answer within 60 ms/);
  }
  t.is(guard.state, "open");
  t.regex(String(await read()), /held off by the breaker after 2 failures/);
  t.is(sent, 3);

  server.thaw();
  await clock.advance(99);
  t.regex(String(await read()), /held off by the breaker/);
  await clock.advance(1);
  t.deepEqual(await read(), [null]);
  t.is(guard.state, "closed");
  t.is(sent, 4);
  await server.stop();
});
