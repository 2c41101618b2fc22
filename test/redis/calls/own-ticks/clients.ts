import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import type { Redis } from "ioredis";
import { MemoryBackend } from "../../../../runtime/backends/memory-backend";
import { RedisBackend } from "../../../../runtime/backends/redis/redis-backend";
import { TieredBackend } from "../../../../runtime/backends/tiered/tiered-backend";
import { hostile, misdeeds, throws } from "./misdeeds";
import { row, type Setting } from "./rows";
import { connect } from "./connect";

const commands = [
  "getBuffer",
  "mgetBuffer",
  "set",
  "del",
  "time",
  "pttl",
  "duplicate",
  "on",
  "off",
] as const;

export async function clients(): Promise<void> {
  for (const tiered of [false, true]) {
    const which = tiered ? "below a TieredBackend " : "";
    const setting = (client: Redis): Setting => {
      const redis = new RedisBackend(client);
      if (!tiered) return { backend: redis, lease: "60ms", end: () => client.disconnect() };
      const tier = new TieredBackend(new MemoryBackend(), redis, { maxLag: "100ms" });
      return { backend: tier, lease: "60ms", end: () => (client.disconnect(), tier.close()) };
    };
    for (const command of commands)
      for (const [how, misdeed] of Object.entries(misdeeds)) {
        // Nobody looks at the results of these methods, and so nobody could handle a promise of
        // theirs.
        if (["duplicate", "on", "off"].includes(command) && how !== "throws") continue;
        if (command === "on" && tiered) continue;
        await row(`a client ${which}whose ${command} ${how}`, async () =>
          setting(await connect((client) => Object.assign(client, { [command]: misdeed }))),
        );
      }
    for (const [how, misdeed] of Object.entries(misdeeds))
      await row(`a client ${which}whose scripts ${how}`, async () => {
        const client = await connect();
        const made = setting(client);
        for (const name of Object.keys(client))
          if (/^zcache\w*Buffer$/i.test(name)) Object.assign(client, { [name]: misdeed });
        return made;
      });
    for (const method of ["cork", "uncork"] as const)
      await row(`a client ${which}whose connection throws in ${method}`, async () =>
        setting(
          await connect(({ stream }) => {
            const own = stream[method].bind(stream);
            Object.assign(stream, { [method]: () => (own(), throws()) });
          }),
        ),
      );
    await row(`a client ${which}whose connection is cut again and again`, async () => {
      const client = await connect();
      const made = setting(client);
      const timer = setInterval(() => client.stream.destroy(), 20);
      return { ...made, end: () => (clearInterval(timer), made.end?.()) };
    });
  }
  await row("a subscription whose connection throws in everything", async () => {
    const client = await connect();
    const connection = {
      on() {},
      connect: throws,
      client: throws,
      subscribe: throws,
      disconnect: throws,
    };
    Object.assign(client, { duplicate: () => connection });
    const tier = new TieredBackend(new MemoryBackend(), new RedisBackend(client), {
      maxLag: "100ms",
    });
    return { backend: tier, end: () => (tier.close(), client.disconnect()) };
  });
  for (const ending of ["rejects with nothing", "ends with an error of no text"])
    await row(`a subscription that ${ending}`, async () => {
      const client = await connect();
      const listeners = new Map<string, (thrown: unknown) => void>();
      const connection = {
        on: (event: string, listener: (thrown: unknown) => void) => listeners.set(event, listener),
        // oxlint-disable-next-line typescript/prefer-promise-reject-errors -- on purpose
        connect: () =>
          ending === "rejects with nothing" ? Promise.reject(undefined) : new Promise(() => {}),
        disconnect() {},
      };
      Object.assign(client, { duplicate: () => connection });
      const tier = new TieredBackend(new MemoryBackend(), new RedisBackend(client), {
        maxLag: "100ms",
      });
      setTimeout(
        () => (listeners.get("error")?.(hostile()), listeners.get("end")?.(undefined)),
        20,
      );
      return { backend: tier, end: () => (tier.close(), client.disconnect()) };
    });
  await row("a backend that nobody closes, whose client throws when it is left", async () => {
    const client = await connect();
    Object.assign(client, { off: throws });
    void new TieredBackend(new MemoryBackend(), new RedisBackend(client));
    setFlagsFromString("--expose-gc");
    const collect = runInNewContext("gc") as () => void;
    for (let turns = 0; turns < 10; turns++) {
      collect();
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    return { end: () => client.disconnect() };
  });
}
