import { type Cache } from "../../runtime/cache/cache";
import { parseDuration } from "../../runtime/duration";
import { builtInCodecs, type CodecName } from "../../runtime/codecs/built-in-codecs";
import { isStructured } from "../../runtime/codecs/structured-codec";
import { type Entry, ofLease, parseStored, readLease } from "../../runtime/entry/entry";
import { holdersIn } from "../../runtime/entry/hold";
import { messageOf } from "../../runtime/user-code/thrown";
import { type KeyDetail, type MissRow, type TagState, type Tree } from "../api";
import { findOwner, type KeyOwner, tagsOf } from "./key-owner";
import { type Project } from "./project";
import { treeOf } from "./tree";

/** A larger payload is not decoded only to show it. */
const largestShown = 10_000_000;

/** What inspecting a key needs besides its cache. */
export interface KeyContext {
  readonly project: Project;
  /**
   * Returns whether the values of this function are hidden. The name is null if the function isn't
   * known.
   */
  readonly isRedacted: (name: string | null, key: string) => boolean;
  readonly lastMisses: readonly MissRow[];
}

type Judged = Pick<KeyDetail, "state" | "explanation">;

/**
 * Reads what is stored at a key, and judges it as a call would. Nothing is counted, and no lease is
 * taken.
 * @throws BackendError when the store could not be asked
 */
export async function inspectKey(
  cache: Cache,
  key: string,
  context: KeyContext,
): Promise<KeyDetail> {
  const owner = findOwner(context.project.functions, key);
  const [bytes, ttlMs] = await Promise.all([readOne(cache, key), ttlOf(cache, key)]);
  const common = {
    key,
    cache: cache.name,
    owner: owner && { name: owner.locked.name, values: shownValues(owner) },
    bytes: bytes?.length ?? null,
    ttlMs: ttlMs === Infinity ? null : ttlMs,
    lastMisses: context.lastMisses,
  };
  const nothing = {
    payloadBytes: null,
    codec: null,
    ageMs: null,
    freshUntil: null,
    loadMs: null,
    lease: null,
    tags: [],
    value: null,
    valueHidden: null,
  };
  if (!bytes) {
    const tags = await statesOf(cache, owner, null);
    const explanation =
      "Nothing is stored here: it was never loaded, has expired, was invalidated or was evicted.";
    return { ...common, ...nothing, tags, state: "absent", explanation };
  }
  const stored = parseStored(bytes);
  if (stored === "unreadable") {
    const explanation =
      "These bytes can't be read: they are damaged, or of another version of zcache. A call treats them as a miss.";
    return { ...common, ...nothing, state: "unreadable", explanation };
  }
  const holders = holdersIn(bytes);
  if (holders) {
    const until = new Date(Math.max(...holders.map(({ end }) => end))).toISOString();
    const explanation = `A transaction writes this: until it ends (at the latest ${until}) calls run their function, and nothing is stored.`;
    return { ...common, ...nothing, state: "held", explanation };
  }
  const lease = leaseOf(bytes);
  if (stored.payload === null)
    return {
      ...common,
      ...nothing,
      lease,
      state: "loading",
      explanation: "A caller is loading this at the moment.",
    };
  const tags = await statesOf(cache, owner, stored);
  const now = await cache.ask("time", [key], (backend) => backend.time());
  const times = stored.times?.loadMs === ofLease ? null : stored.times;
  return {
    ...common,
    payloadBytes: stored.payload.length,
    freshUntil: stored.times?.freshUntil ?? null,
    loadMs: times?.loadMs ?? null,
    ageMs: ageOf(cache, owner, stored, common.ttlMs, now),
    lease,
    tags,
    ...judge(stored, tags, now),
    ...show(cache, stored.payload, owner, context, key),
  };
}

async function readOne(cache: Cache, key: string): Promise<Buffer | null> {
  const [bytes = null] = await cache.ask("read", [key], (backend) => backend.read([key]));
  return bytes;
}

async function ttlOf(cache: Cache, key: string): Promise<number | null> {
  const { inspector } = cache;
  return inspector ? cache.ask("read", [key], () => inspector.ttl(key)) : null;
}

function judge({ times }: Entry, tags: readonly TagState[], now: number): Judged {
  const ended = tags.filter(({ isCurrent }) => isCurrent === false).map(({ tag }) => tag);
  if (ended.length > 0)
    return {
      state: "invalidated",
      explanation: `A call treats it as a miss, because ${ended.join(" and ")} was invalidated after it was loaded.`,
    };
  if (times && times.freshUntil <= now)
    return {
      state: "stale",
      explanation: `Its ttl ended ${seconds(now - times.freshUntil)} ago. It is served only as long as stale or staleIfError say so.`,
    };
  if (tags.some(({ isCurrent }) => isCurrent === null))
    return {
      state: "unknown",
      explanation: "It is stored. The key alone doesn't show whether all its tags are current.",
    };
  return { state: "fresh", explanation: "It is stored and current: a call is a hit." };
}

/**
 * Returns how long ago it was stored, calculated from its ttl, or null if the ttl has a random part
 * or comes from the result.
 */
function ageOf(
  cache: Cache,
  owner: KeyOwner | null,
  { times }: Entry,
  leftMs: number | null,
  now: number,
): number | null {
  const { settings } = cache;
  if (!owner || settings.jitter > 0) return null;
  const ttlMs = owner.locked.ttl === undefined ? settings.ttlMs : parseDuration(owner.locked.ttl);
  if (ttlMs === null) return null;
  const freshMs = times ? times.freshUntil - now : leftMs;
  return freshMs === null || freshMs > ttlMs ? null : Math.max(0, ttlMs - freshMs);
}

function seconds(durationMs: number): string {
  return durationMs < 120_000
    ? `${(durationMs / 1_000).toFixed(1)} s`
    : `${Math.round(durationMs / 60_000)} min`;
}

function leaseOf(bytes: Buffer): KeyDetail["lease"] {
  const lease = readLease(bytes);
  return (
    lease && { holder: lease.holder, until: typeof lease.until === "number" ? lease.until : null }
  );
}

/**
 * Returns the entry's tags, those over the arguments first, each with whether its version still
 * equals the entry's.
 */
async function statesOf(
  cache: Cache,
  owner: KeyOwner | null,
  entry: Entry | null,
): Promise<readonly TagState[]> {
  const names = owner ? tagsOf(owner) : [];
  const versions = entry?.versions ?? [];
  // With an epoch, the entry's first version is the epoch's.
  const epoch =
    cache.epochKey !== null && versions.length === names.length + 1 ? [cache.epochKey] : [];
  const own = Array.from(
    { length: Math.max(names.length, versions.length - epoch.length) },
    (_, i) => names[i] ?? null,
  );
  const keys = [...epoch, ...own.map((tag) => (tag === null ? null : cache.versionKey(tag)))];
  const labels = [
    ...epoch.map(() => "(everything)"),
    ...own.map((tag, i) => tag ?? `(tag ${i + 1})`),
  ];
  const ofResult = entry?.resultTags ?? [];
  const standing = await readVersions(cache, [
    ...keys,
    ...ofResult.map(({ name }) => cache.versionKey(name)),
  ]);
  const states = labels.map((tag, i) =>
    stateOf(tag, entry ? (versions[i] ?? null) : null, standing[i], entry !== null),
  );
  const named = ofResult.map(({ name, version }, i) =>
    stateOf(name, version, standing[labels.length + i], true),
  );
  return [...states, ...named];
}

async function readVersions(
  cache: Cache,
  keys: readonly (string | null)[],
): Promise<(Buffer | null | undefined)[]> {
  const known = keys.filter((key) => key !== null);
  if (known.length === 0) return keys.map(() => undefined);
  const values = await cache.ask("read", known, (backend) => backend.read(known));
  const byKey = new Map(known.map((key, i) => [key, values[i] ?? null]));
  return keys.map((key) => (key === null ? undefined : byKey.get(key)));
}

/** @param current null if the tag has no version, undefined if it isn't known which tag it is */
function stateOf(
  tag: string,
  version: string | null,
  current: Buffer | null | undefined,
  isStored: boolean,
): TagState {
  const shown = current ? current.toString("hex") : null;
  if (current === undefined)
    return {
      tag,
      version: null,
      isCurrent: null,
      detail: "The key doesn't show which tag this is.",
    };
  if (!isStored)
    return {
      tag,
      version: shown,
      isCurrent: null,
      detail: current ? "It has a version." : "It has no version: nothing with this tag is stored.",
    };
  if (!current)
    return {
      tag,
      version: null,
      isCurrent: false,
      detail: "Invalidated, or evicted: it has no version now.",
    };
  if (version !== null && current.toString("latin1") === version)
    return { tag, version: shown, isCurrent: true, detail: "Current." };
  return {
    tag,
    version: shown,
    isCurrent: false,
    detail: "Invalidated since the entry was loaded.",
  };
}

function shownValues({ values }: KeyOwner): NonNullable<KeyDetail["owner"]>["values"] {
  if (values === "hashed") return values;
  return values.map(([name, { text }]) => ({
    name,
    text: text.length > 2_000 ? `${text.slice(0, 2_000)}…` : text,
  }));
}

function show(
  cache: Cache,
  payload: Buffer,
  owner: KeyOwner | null,
  { isRedacted }: KeyContext,
  key: string,
): { codec: string | null; value: Tree | null; valueHidden: string | null } {
  const named = owner?.locked.codec ?? null;
  if (isRedacted(owner?.locked.name ?? null, key))
    return {
      codec: named,
      value: null,
      valueHidden: "Values of this function are hidden (redact).",
    };
  if (payload.length > largestShown)
    return {
      codec: named,
      value: null,
      valueHidden: `It has ${payload.length} bytes. Values above ${largestShown} bytes are not shown.`,
    };
  if (payload.length === 0) return { codec: named, value: treeOf(undefined), valueHidden: null };
  const codecs = cache.settings.codecs;
  const guessed = isStructured(payload)
    ? ["structured", cache.settings.codec]
    : [cache.settings.codec, "json"];
  const tried = named === null ? guessed : [named];
  let trouble = `The codec ${named} is not one of this process.`;
  for (const name of tried) {
    const codec = Object.hasOwn(codecs, name) ? codecs[name] : builtInCodecs[name as CodecName];
    if (!codec) continue;
    try {
      return { codec: name, value: treeOf(codec.decode(payload)), valueHidden: null };
    } catch (error) {
      trouble = `The codec ${name} can't read it: ${messageOf(error)}`;
    }
  }
  return { codec: named, value: null, valueHidden: trouble };
}
