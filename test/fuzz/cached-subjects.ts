import type { Backend } from "../../runtime/backends/backend";
import { wrap } from "../../runtime/calls/cached-function";
import { type Clock } from "../../runtime/clock";
import { type Codec } from "../../runtime/codecs/codec";
import { cacheNamed, configure } from "../../runtime/cache/configure";
import { type CacheEvent } from "../../runtime/events";
import { versionKeyOf } from "../../runtime/keys/key-names";
import { type Plan } from "../../runtime/plan";
import { type Random } from "../chaos/random";
import { keyOver, template } from "../support/templates";
import { bytesOf, type Form, storedOf } from "./bytes";
import { type Ran, type Subject } from "./subjects";
import { strangerIn } from "./values";

/** Where cached functions keep their entries, and how bytes get there behind their back. */
export interface Store {
  readonly name: string;
  readonly backend: Backend;
  readonly clock?: Clock;
  readonly weight: number;
  /** How long a call waits for a lease that bytes only claim. */
  readonly lease: string;
  put(key: string, bytes: Buffer): Promise<void>;
  /** Resolves with the promise, whatever it waits for: a lease that somebody else seems to have, for example. */
  settle<T>(promise: Promise<T>): Promise<T>;
}

/** One of the user's: it takes what it has written, and whatever else doesn't begin like a list. */
const raw: Codec = {
  encode: (value) => value as Buffer,
  decode(payload) {
    if (payload[0] === 0x5b) throw new TypeError("These bytes are of another codec.");
    return Buffer.from(payload);
  },
};

const shapes: Readonly<Record<string, Partial<Plan>>> = {
  plain: {},
  tagged: { tags: [template(["user:", ""], (id) => [id])] },
  stale: { staleMs: 60_000 },
  "result tags": { resultTags: [template(["user:", ""], (_result, id) => [id])] },
  batch: { batch: "array" },
};

const forms: readonly Form[] = ["json", "yaml", "structured", "raw"];
type Find = (argument: unknown) => Promise<unknown>;

/** Functions of every codec and every shape, whose entries and versions are somebody else's bytes. */
export function cachedSubjects(store: Store): Subject[] {
  const events: CacheEvent[] = [];
  configure(store.name, {
    backend: store.backend,
    ...(store.clock && { clock: store.clock }),
    codecs: { raw },
    lease: store.lease,
    jitter: 0,
    onEvent: (event) => events.push(event),
  });
  let id = 0;
  return forms.flatMap((form) =>
    Object.entries(shapes).map(([shape, plan]): Subject => {
      const name = `${form} ${shape}`.replaceAll(" ", "-");
      const loaded = form === "raw" ? Buffer.from("loaded") : { loaded: true };
      let loads = 0;
      const load = async (argument: unknown): Promise<unknown> => {
        loads++;
        return Array.isArray(argument) ? argument.map(() => loaded) : loaded;
      };
      const whole: Plan = { name, key: keyOver((...args) => args), cache: store.name, codec: form, ...plan };
      const find = wrap(() => whole, load, name) as Find;
      const ask = async (one: number): Promise<unknown> =>
        plan.batch ? ((await find([one, one + 1])) as unknown[])[0] : find(one);

      const judge = (value: unknown): Ran => {
        const types = new Set(events.map(({ type }) => type));
        if (loads > 0 && !types.has("load")) return wrong("A loader ran without an event.");
        if (types.has("fault")) return wrong("The bytes are a fault of the backend.");
        const isHit = types.has("hit") || types.has("stale");
        if (!isHit && !types.has("miss")) return wrong("There was neither a hit nor a miss.");
        return { outcome: isHit ? "value" : "miss", problem: () => strangerIn(value, form) };
      };
      return {
        name: `${store.name}, ${name}`,
        weight: store.weight,
        async prepare(random: Random) {
          id += 2;
          const one = id;
          const bytes = storedOf(form, random);
          await store.put(`${name}|${one}`, bytes);
          const version = random.chance(0.5) ? Buffer.from("abcdefgh") : bytesOf("raw", random);
          if (shape.includes("tag")) await store.put(versionKeyOf(null, `user:${one}`), version);
          events.length = 0;
          loads = 0;
          return {
            bytes,
            async run() {
              const value = await store.settle(ask(one));
              await store.settle(cacheNamed(store.name).idle());
              return judge(value);
            },
          };
        },
      };
    }),
  );
}

function wrong(problem: string): Ran {
  return { outcome: "miss", problem: () => problem };
}
