import { isDeepStrictEqual } from "node:util";
import type { Backend } from "../../runtime/backends/backend";
import { wrap } from "../../runtime/calls/cached-function";
import { type Clock } from "../../runtime/clock";
import { type Codec } from "../../runtime/codecs/codec";
import { cacheNamed, configure } from "../../runtime/cache/configure";
import { type CacheEvent } from "../../runtime/events";
import { versionKeyOf } from "../../runtime/keys/key-names";
import { type Plan } from "../../runtime/plan";
import { parseStored } from "../../runtime/entry/entry";
import { type Random } from "../chaos/random";
import { keyOver, template } from "../support/templates";
import { bytesOf, storedOf } from "./bytes";
import { type Form } from "./samples";
import { type Ran, type Subject } from "./subjects";
import { strangerIn } from "./values";

/**
 * Describes where cached functions keep their entries, and how bytes get there without their
 * knowledge.
 */
export interface Store {
  readonly name: string;
  readonly backend: Backend;
  readonly clock?: Clock;
  readonly weight: number;
  /** A call waits for this long for a lease that bytes only claim. */
  readonly lease: string;
  put(key: string, bytes: Buffer): Promise<void>;
  /**
   * Resolves with the promise, even if it waits for something, such as a lease that somebody else
   * seems to have.
   */
  settle<T>(promise: Promise<T>): Promise<T>;
}

/**
 * A codec of the user's. It accepts what it has written, and any other bytes that don't begin like
 * a list.
 */
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

/**
 * Returns functions of every codec and every shape, whose entries and versions are bytes that
 * somebody else wrote.
 */
export function cachedSubjects(store: Store): Subject[] {
  const events: CacheEvent[] = [];
  configure(store.name, {
    backend: store.backend,
    ...(store.clock && { clock: store.clock }),
    codecs: { raw },
    lease: store.lease,
    // A busy machine must not look like a fault of the bytes.
    deadline: "1h",
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
      const whole: Plan = {
        name,
        key: keyOver((...args) => args),
        cache: store.name,
        codec: form,
        ...plan,
      };
      const find = wrap(() => whole, load, name) as Find;
      const ask = async (one: number): Promise<unknown> =>
        plan.batch ? ((await find([one, one + 1])) as unknown[])[0] : find(one);

      const judge = (value: unknown, bytes: Buffer): Ran => {
        // The second key of a batch holds nothing.
        const types = new Set(
          events.filter((event) => isAbout(event, name)).map(({ type }) => type),
        );
        if (loads > 0 && !events.some(({ type }) => type === "load"))
          return wrong("A loader ran without an event.");
        if (types.has("fault")) return wrong("The bytes are a fault of the backend.");
        const isHit = types.has("hit") || types.has("stale");
        if (isHit) return { outcome: "value", problem: () => strangerIn(value, form) };
        if (!types.has("miss")) return wrong("There was neither a hit nor a miss.");
        if (!isDeepStrictEqual(value, loaded))
          return wrong("A miss has another value than the loader's.");
        if (!types.has("unusable") && !mayMissInSilence(bytes, shape))
          return wrong("The bytes can't be read, and no event says so.");
        return { outcome: "miss" };
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
              return judge(value, bytes);
            },
          };
        },
      };
    }),
  );
}

/** Returns whether the event names the key with the bytes, which is the first key of its call. */
function isAbout(event: CacheEvent, name: string): boolean {
  if (!("key" in event)) return true;
  return event.key.startsWith(`${name}|`) && Number(event.key.slice(name.length + 1)) % 2 === 0;
}

/**
 * These entries are misses without being wrong: they have expired, their tags were invalidated, or
 * somebody is loading them.
 */
function mayMissInSilence(bytes: Buffer, shape: string): boolean {
  const stored = parseStored(bytes);
  if (stored === "unreadable") return false;
  if (stored.payload === null || shape === "tagged") return true;
  return stored.versionCount > 0 || stored.resultTags.length > 0 || stored.times !== null;
}

function wrong(problem: string): Ran {
  return { outcome: "miss", problem: () => problem };
}
