import { keyText, tagText } from "../keys/key";
import { tagNameOf } from "../keys/key-names";
import { inOnePiece } from "../keys/one-piece";
import { type Encode, type Template } from "../plan";
import { type BoundPlan } from "./bound-plan";

/** Returns the complete key of a call. In a batch, `args` begins with one id. Throws a KeyError. */
export function keyOf(
  { plan, prefix }: BoundPlan,
  self: unknown,
  args: ArrayLike<unknown>,
): string {
  return keyText(prefix, plan.key, plan.name, self, args);
}

/**
 * Whether a Map or a Set distinguishes the value from others exactly as its key does. They treat 0
 * and -0 as equal, and a hole as undefined.
 */
export function isPlainArgument(value: unknown): boolean {
  return typeof value === "string" || (typeof value === "number" && value !== 0);
}

/** The limit for each function. A key takes 100 to 300 bytes here. */
const mostKnownKeys = 2_048;
/**
 * What is kept here is not counted in any limit of memory, and looking up a longer text takes as
 * long as making its key.
 */
const longestKnownArgument = 100;

/**
 * Keeps the key of a call that was answered from memory, by its argument, if that is one number or
 * string and the key is made of nothing else. Concatenating and hashing a text takes as long as
 * everything else that such a call does.
 */
export function rememberKey(
  { plan, knownKeys }: BoundPlan,
  args: ArrayLike<unknown>,
  key: string,
): void {
  const arg = args[0];
  if (args.length !== 1 || !isPlainArgument(arg)) return;
  if (plan.receiver && plan.key.arguments === undefined) return;
  if (typeof arg !== "string") return keepKey(knownKeys, arg, key);
  if (arg.length <= longestKnownArgument) keepKey(knownKeys, inOnePiece(arg), key);
}

function keepKey(knownKeys: BoundPlan["knownKeys"], arg: unknown, key: string): void {
  if (knownKeys.size === mostKnownKeys) knownKeys.clear();
  knownKeys.set(arg, key);
}

/** Returns the key that `rememberKey` has kept. */
export function knownKey({ knownKeys }: BoundPlan, args: ArrayLike<unknown>): string | undefined {
  return args.length === 1 && knownKeys.size > 0 ? knownKeys.get(args[0]) : undefined;
}

const noTags: readonly string[] = [];

/** Returns the keys of the tags' versions, in the order of the directive. Throws a KeyError. */
export function versionKeysOf(
  { plan: { tags, name }, cache }: BoundPlan,
  self: unknown,
  args: ArrayLike<unknown>,
): readonly string[] {
  const { epochKey } = cache;
  if (!tags) return epochKey === null ? noTags : [epochKey];
  const keys = tags.map((tag) => cache.versionKey(tagText(tag, name, self, args)));
  return epochKey === null ? keys : [epochKey, ...keys];
}

/** What a call has made of its arguments. In a batch they begin with one id. */
interface MadeAtCall {
  readonly args: ArrayLike<unknown>;
  readonly key: string;
  readonly versionKeys: readonly string[];
}

/**
 * Whether the same arguments and the same `this` still make the same key and tags. A caller may
 * have changed them since the call.
 */
export function makesSameKeys(
  bound: BoundPlan,
  self: unknown,
  { args, key, versionKeys }: MadeAtCall,
): boolean {
  const { plan } = bound;
  const isFixed = plan.key.arguments !== undefined && !plan.tags && !plan.receiver;
  if (isFixed && areAllPrimitive(args)) return true;
  try {
    if (keyOf(bound, self, args) !== key) return false;
    return versionKeysOf(bound, self, args).every((versionKey, i) => versionKey === versionKeys[i]);
  } catch {
    return false;
  }
}

function areAllPrimitive(args: ArrayLike<unknown>): boolean {
  for (let i = 0; i < args.length; i++) {
    const arg = args[i];
    if (arg !== null && (typeof arg === "object" || typeof arg === "function")) return false;
  }
  return true;
}

/**
 * Returns the names of the tags that the result has, each once. Null has none, and a tag with a
 * placeholder that has no value is left out. Throws a KeyError.
 */
export function resultTagsOf(
  { plan: { resultTags, name } }: BoundPlan,
  self: unknown,
  args: ArrayLike<unknown>,
  result: unknown,
): readonly string[] {
  if (!resultTags || result === null || result === undefined) return noTags;
  const all = [result, ...Array.from(args)];
  const named = resultTags.filter((tag) => hasValues(tag, self, all));
  return [...new Set(named.map((tag) => tagNameOf(tagText(tag, name, self, all))))];
}

/**
 * Whether each placeholder has a value. An expression that throws is left to `tagText`, which
 * reports it.
 */
function hasValues({ text }: Template, self: unknown, args: readonly unknown[]): boolean {
  let all = true;
  const look: Encode = (value) => {
    if (value === null || value === undefined) all = false;
    return "";
  };
  try {
    text.call(self, look, ...args);
  } catch {
    return true;
  }
  return all;
}
