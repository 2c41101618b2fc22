import { runInNewContext } from "node:vm";
import { type Codec } from "../../../../runtime/codecs/codec";
import { MemoryBackend } from "../../../../runtime/backends/memory-backend";
import { RedisBackend } from "../../../../runtime/backends/redis/redis-backend";
import { TieredBackend } from "../../../../runtime/backends/tiered/tiered-backend";
import { withCache } from "../../../../runtime/calls/with-cache";
import { clock } from "./clock";
import { hostile, rejects, textOf, throws } from "./misdeeds";
import { row, type Setting } from "./rows";
import { failing, use, wrapOf } from "./uses";
import { connect } from "./connect";
import { backendWith } from "./backends";

export async function users(): Promise<void> {
  const foreign = runInNewContext("(thrown) => Promise.reject(thrown)") as (
    thrown: unknown,
  ) => Promise<never>;
  const trap = (): Error => Object.defineProperty(new Error("x"), "name", { get: throws });
  const functions: Readonly<Record<string, (...args: unknown[]) => never>> = {
    throws,
    "rejects later": rejects as never,
    "rejects in another realm": (() => foreign(hostile())) as never,
    "throws an error that can't be read": () => {
      throw trap();
    },
    "returns a thenable that throws": (() =>
      Object.defineProperty({}, "then", { get: throws })) as never,
  };
  for (const [how, mistake] of Object.entries(functions))
    for (const [where, backend] of [
      ["in memory", () => undefined],
      ["with a remote backend", () => ({ backend: backendWith({}, true) })],
      [
        "with a backend that fails",
        () => ({ backend: backendWith({ read: throws, write: throws }, true) }),
      ],
    ] as const) {
      const name = (what: string): string => `${what} that ${how}, ${where}`;
      const own = (): Setting => backend() ?? {};
      const codec = (change: Partial<Codec>): Setting => ({
        ...own(),
        codec: "mine",
        codecs: {
          mine: {
            encode: JSON.stringify as never,
            decode: (bytes) => JSON.parse(String(bytes)),
            ...change,
          },
        },
      });
      await row(name("a listener"), () => ({ ...own(), onEvent: mistake }));
      await row(name("an encode"), () => codec({ encode: mistake }));
      // The result of a decode is the value, and so a promise that rejects is the user's own.
      if (how.startsWith("throws")) await row(name("a decode"), () => codec({ decode: mistake }));
      await row(name("a random"), () => ({ ...own(), random: mistake }));
      await row(name("a when"), own, (cache) => use(cache, { when: mistake }));
      await row(name("a ttl"), own, (cache) => use(cache, { ttl: mistake }));
      await row(
        name("an isFailure"),
        () => ({ ...own(), clock, isFailure: mistake }),
        (cache) => failing(cache),
      );
    }
  for (const [how, mistake] of Object.entries(functions)) {
    await row(`a listener of a tier's state that ${how}`, async () => {
      const client = await connect();
      const options = { maxLag: "100ms", onStateChange: mistake };
      const tier = new TieredBackend(new MemoryBackend(), new RedisBackend(client), options);
      const timer = setInterval(() => client.stream.destroy(), 30);
      return {
        backend: tier,
        end: () => (clearInterval(timer), tier.close(), client.disconnect()),
      };
    });
    if (!how.startsWith("throws")) continue;
    await row(
      `warnings where process.emitWarning ${how}`,
      () => {
        const { emitWarning } = process;
        process.emitWarning = mistake;
        return {
          clock,
          onEvent: throws,
          isFailure: throws,
          end: () => (process.emitWarning = emitWarning),
        };
      },
      async (cache) => [...(await use(cache)), ...(await failing(cache))],
    );
    for (const method of ["addEventListener", "removeEventListener"])
      await row(
        `a signal of withCache whose ${method} ${how}`,
        () => ({}),
        async (cache) => {
          const signal = Object.assign(new AbortController().signal, { [method]: mistake });
          const f = wrapOf(cache, { timeoutMs: 1_000 }, async () => 1) as () => Promise<unknown>;
          const got = await withCache({ signal }, f);
          return got === 1 ? [] : [`it returned ${textOf(got)}`];
        },
      );
  }
}
