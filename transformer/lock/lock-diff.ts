import { type Lock, type LockedFunction } from "./lock";
import { parseShape, type Shape } from "./parse-shape";
import { diffShapes } from "./shape-diff";

/** One effect of deploying the source over what the lock describes. */
export interface LockChange {
  readonly message: string;
  /** The function in the lock, or null if it is new. */
  readonly before: LockedFunction | null;
  /** The function in the source, or null if it is gone. */
  readonly after: LockedFunction | null;
}

/** The names of the records that the source's functions store. */
type TypeNames = ReadonlyMap<LockedFunction, string | null>;

/**
 * Compares the lock with the source, in the order of the source's functions. Functions that are
 * gone come last.
 */
export function diffLock(lock: Lock, source: Lock, typeNames: TypeNames = new Map()): LockChange[] {
  const pairs = matchFunctions(lock.functions, source.functions);
  const befores = new Set(pairs.values());
  return [
    ...source.functions.flatMap((after) => {
      const before = pairs.get(after);
      return before ? diffFunction(before, after, typeNames) : [added(after)];
    }),
    ...lock.functions.filter((before) => !befores.has(before)).map(removed),
  ];
}

function added(after: LockedFunction): LockChange {
  return {
    message: `${after.function} is cached now: its entries begin cold.`,
    before: null,
    after,
  };
}

function removed(before: LockedFunction): LockChange {
  const message = `${before.function} (${before.file}) is no longer cached: its entries (${keyText(before)}) stay until they expire, and nothing invalidates them by key.`;
  return { message, before, after: null };
}

function diffFunction(
  before: LockedFunction,
  after: LockedFunction,
  typeNames: TypeNames,
): LockChange[] {
  const messages = [
    ...describeMove(before, after),
    ...describeSettings(before, after),
    ...describeType(before, after, typeNames.get(after) ?? null),
  ];
  return messages.map((message) => ({ message, before, after }));
}

// ---- Which function is which ----

/** Matches functions by name and, where a name is gone, with the most similar new function. */
function matchFunctions(
  locked: readonly LockedFunction[],
  source: readonly LockedFunction[],
): Map<LockedFunction, LockedFunction> {
  const pairs = new Map<LockedFunction, LockedFunction>();
  const befores = new Set(locked);
  const pair = (before: LockedFunction, after: LockedFunction): void => {
    pairs.set(after, before);
    befores.delete(before);
  };
  for (const after of source) {
    const before = [...befores].find((one) => one.name === after.name && one.file === after.file);
    if (before) pair(before, after);
  }
  const candidates = source
    .filter((after) => !pairs.has(after))
    .flatMap((after) =>
      [...befores].map((before) => ({ before, after, score: similarity(before, after) })),
    )
    .filter(({ score }) => score >= sameFunction)
    .sort((a, b) => b.score - a.score);
  for (const { before, after } of candidates)
    if (befores.has(before) && !pairs.has(after)) pair(before, after);
  return pairs;
}

/**
 * Two common traits make it the same function; a single one, such as returning a number, is chance.
 */
const sameFunction = 4;

function similarity(before: LockedFunction, after: LockedFunction): number {
  if (before.batch !== after.batch) return 0;
  const lastOf = ({ function: owner }: LockedFunction): string => owner.split(".").at(-1) ?? "";
  const holderOf = ({ function: owner }: LockedFunction): string =>
    owner.split(".").slice(0, -1).join(".");
  const score = (isSame: boolean, weight: number): number => (isSame ? weight : 0);
  return (
    score(before.fingerprint === after.fingerprint, isTelling(before.returns) ? 2 : 1) +
    score(
      before.fingerprint !== after.fingerprint && sharesFields(before.returns, after.returns),
      2,
    ) +
    score(before.parameters.length === after.parameters.length && before.parameters.length > 0, 1) +
    score(before.file === after.file && holderOf(before) === holderOf(after), 1) +
    score(lastOf(before) === lastOf(after), 2) +
    score(
      !isDefaultKey(before) &&
        positional(before.key, before.parameters) === positional(after.key, after.parameters),
      4,
    )
  );
}

/** Many functions return a number, but few return a particular record. */
function isTelling(returns: string): boolean {
  return returns.includes("{");
}

/**
 * Whether half of the fields of one are fields of the other, which means a type that was changed
 * along with the function's name.
 */
function sharesFields(before: string, after: string): boolean {
  const [one, other] = [fieldsOf(before), fieldsOf(after)];
  const shared = [...one].filter((field) => other.has(field)).length;
  return shared > 0 && shared * 2 >= Math.max(one.size, other.size);
}

/** Returns the names of the first record's fields. */
function fieldsOf(returns: string): ReadonlySet<string> {
  const find = (shape: Shape): Shape | undefined => {
    if (shape.kind === "record") return shape;
    if (shape.kind === "list") return find(shape.item);
    return shape.kind === "union" ? shape.members.map(find).find((found) => found) : undefined;
  };
  const shape = parseShape(returns);
  const record = shape && find(shape);
  return new Set(record?.kind === "record" ? record.fields.keys() : []);
}

// ---- Keys ----

function describeMove(before: LockedFunction, after: LockedFunction): string[] {
  const [from, to] = [keyText(before), keyText(after)];
  const isMoved = sameKeys(before) !== sameKeys(after);
  const renamed = renaming(before, after);
  if (!isMoved) {
    const sentences = [
      renamed !== null && `${renamed}: its key stays ${to}.`,
      versionMove(before, after),
    ];
    return sentences.filter((sentence) => sentence !== false && sentence !== null);
  }
  const what = renamed === null ? `The key of ${after.function} changed` : renamed;
  const move = `its key moves from ${from} to ${to}, and its entries go cold.`;
  const advice =
    isDefaultKey(before) && isDefaultKey(after) && canBeKept(before, after)
      ? ` Add key: "${asTemplate(before, after)}" to keep them.`
      : "";
  return [`${what}: ${move}${advice}`];
}

function versionMove(before: LockedFunction, after: LockedFunction): string | null {
  const [from, to] = [before.version ?? "none", after.version ?? "none"];
  if (from === to) return null;
  return `The version of ${after.function} changed from ${from} to ${to}: its entries go cold.`;
}

function renaming(before: LockedFunction, after: LockedFunction): string | null {
  if (before.function !== after.function)
    return `${before.function} was renamed to ${after.function}`;
  return before.file === after.file
    ? null
    : `${after.function} moved from ${before.file} to ${after.file}`;
}

/** `v1:shop.user.load|{id}` */
function keyText({ namespace, key }: LockedFunction): string {
  return namespace === undefined ? key : `${namespace}:${key}`;
}

/** Returns the canonical form of a key: renaming a parameter does not change it. */
function sameKeys(locked: LockedFunction): string {
  return JSON.stringify([
    locked.namespace ?? null,
    locked.cache ?? null,
    positional(locked.key, locked.parameters),
  ]);
}

function positional(template: string, parameters: readonly string[]): string {
  return template.replaceAll(
    /(?<!\{)\{(?:\.\.\.)?([\p{ID_Continue}$]+)(?=[.?}])/gu,
    (whole, name: string) => {
      const position = parameters.indexOf(name);
      return position < 0 ? whole : `{${position}`;
    },
  );
}

function isDefaultKey({ name, key }: LockedFunction): boolean {
  return key.startsWith(`${name}|`);
}

/**
 * Whether an explicit template can preserve the old default key: it names the same arguments, and
 * no version comes in between.
 */
function canBeKept(before: LockedFunction, after: LockedFunction): boolean {
  const isPlain =
    before.version === undefined && after.version === undefined && !before.key.includes("{...");
  return (
    isPlain &&
    before.parameters.length === after.parameters.length &&
    before.namespace === after.namespace &&
    before.cache === after.cache
  );
}

/** Writes the old key with the new names of its parameters. */
function asTemplate(before: LockedFunction, after: LockedFunction): string {
  return positional(before.key, before.parameters).replaceAll(
    /\{(\d+)/g,
    (_, position: string) => `{${after.parameters[Number(position)] ?? position}`,
  );
}

// ---- Options ----

function describeSettings(before: LockedFunction, after: LockedFunction): string[] {
  const owner = after.function;
  const describe = (option: "ttl" | "codec" | "cache", unset: string, effect: string): string[] => {
    const [from, to] = [before[option] ?? unset, after[option] ?? unset];
    return from === to
      ? []
      : [`The ${option} of ${owner} changed from ${from} to ${to}: ${effect}`];
  };
  return [
    ...describe("ttl", "configure's", "entries written before the deploy keep the old one."),
    ...describe(
      "codec",
      "configure's",
      "entries written before the deploy can't be read, and are loaded again.",
    ),
    ...describeTags(before, after),
    ...(before.batch === after.batch
      ? []
      : [`${owner} ${after.batch ? "became" : "is no longer"} a batch.`]),
  ];
}

function describeTags(before: LockedFunction, after: LockedFunction): string[] {
  const [from, to] = [positionalTags(before), positionalTags(after)];
  if (from.join("\0") === to.join("\0")) return [];
  const gained = (after.tags ?? []).filter((_, i) => !from.includes(to[i] as string));
  const lost = (before.tags ?? []).filter((_, i) => !to.includes(from[i] as string));
  if (gained.length + lost.length === 0) {
    return [
      `The tags of ${after.function} are in another order: entries written before the deploy are loaded again.`,
    ];
  }
  const quote = (tags: readonly string[]): string => tags.map((tag) => `"${tag}"`).join(", ");
  const parts = [
    gained.length > 0 && `gained ${quote(gained)}`,
    lost.length > 0 && `lost ${quote(lost)}`,
  ];
  const told = parts.filter((part) => part !== false).join(", ");
  return [
    `The tags of ${after.function} changed (${told}): entries written before the deploy are loaded again.`,
  ];
}

/** Writes tags by position, because renaming a parameter does not change a tag. */
function positionalTags({ tags = [], parameters }: LockedFunction): string[] {
  return tags.map((tag) => positional(tag, parameters));
}

// ---- Types ----

function describeType(
  before: LockedFunction,
  after: LockedFunction,
  typeName: string | null,
): string[] {
  if (before.fingerprint === after.fingerprint) return [];
  const root = typeName ?? `The result of ${after.function}`;
  const changes = diffShapes(before.returns, after.returns, root);
  const sentences =
    changes.length > 0
      ? changes.map(({ message }) => message)
      : [`${root} changed deep inside: entries written before the deploy hold the old one.`];
  if (before.version === undefined || after.version === undefined) return sentences;
  return sentences.map(
    (sentence) =>
      `${sentence.replace(/: entries written before .*$/, ".")} With version: auto, the keys of ${after.function} change and its entries go cold.`,
  );
}
