/**
 * The text of a key or a tag, from the values that go into it. Keys are injective: other values, another key. What
 * stands for one value is decided in token.ts; a text above 200 bytes becomes its hash, `#0a4d55…`.
 */
import { KeyError } from "./errors";
import { encodeToken, goesOn, isUuid, quote, Unkeyable } from "./token";

const maxBytes = 200;

/** One argument. Throws a KeyError when it can't be part of a key. */
export function encodeArgument(value: unknown): string {
  try {
    return encodeToken(value);
  } catch (error) {
    throw argumentError("The value", error);
  }
}

/** The arguments' part of a default key. Trailing `undefined`s don't count: `f(1)` and `f(1, undefined)` are one entry. */
export function encodeArguments(owner: string, values: ArrayLike<unknown>): string {
  let count = values.length;
  while (count > 0 && values[count - 1] === undefined) count--;
  let text = "";
  let i = 0;
  try {
    for (; i < count; i++) text += i === 0 ? encodeToken(values[i]) : "-" + encodeToken(values[i]);
  } catch (error) {
    throw argumentError(`Argument ${i + 1} of ${owner}`, error);
  }
  return shorten(text);
}

/**
 * An explicit key. `texts` are the literal parts around the values, one more than those; keep the array, for what is
 * known of it is kept too. Injective in the values, whatever the literals.
 */
export function encodeTemplate(owner: string, texts: readonly string[], values: readonly unknown[]): string {
  const endings = endingsOf(texts);
  let key = texts[0] as string;
  for (let i = 0; i < values.length; i++) {
    key += encodePlaceholder(owner, i, values[i], endings[i] as Ending) + (texts[i + 1] as string);
  }
  return key;
}

/**
 * A tag. Strings stand as they are, for this is the text that callers of `invalidateTag` write; nothing is hashed. So
 * two values may share a tag, which can only invalidate too much.
 */
export function tagText(owner: string, texts: readonly string[], values: readonly unknown[]): string {
  let tag = texts[0] as string;
  let i = 0;
  try {
    for (; i < values.length; i++) {
      const value = values[i];
      tag += (typeof value === "string" ? value : encodeToken(value)) + (texts[i + 1] as string);
    }
  } catch (error) {
    throw keyError(`Placeholder ${i + 1} in a tag of ${owner}`, error, "a tag", "Use something that names it.");
  }
  return tag;
}

// ---- Templates ----

/**
 * How a token must end, so that a reader knows where the literal after it begins:
 * `open` as it is; `unhyphenated` before a "-", where a UUID is quoted; `closed` in parentheses, before another value
 * or a literal that could go on with a word or a number.
 */
type Ending = "open" | "unhyphenated" | "closed";

const knownEndings = new WeakMap<readonly string[], readonly Ending[]>();

function endingsOf(texts: readonly string[]): readonly Ending[] {
  let endings = knownEndings.get(texts);
  if (!endings) {
    endings = texts.slice(1).map((text, i) => endingBefore(text, i === texts.length - 2));
    knownEndings.set(texts, endings);
  }
  return endings;
}

function endingBefore(text: string, last: boolean): Ending {
  if (text === "") return last ? "open" : "closed";
  if (text.startsWith("-")) return "unhyphenated";
  return goesOn.test(text) ? "closed" : "open";
}

function encodePlaceholder(owner: string, i: number, value: unknown, ending: Ending): string {
  let token;
  try {
    token = encodeToken(value);
  } catch (error) {
    throw keyError(`Placeholder ${i + 1} in the key of ${owner}`, error, "a key", "Use something that identifies it.");
  }
  if (ending === "open") return shorten(token);
  if (ending === "closed") return `(${shorten(token)})`;
  return isUuid(token) ? quote(token) : shorten(token);
}

function shorten(text: string): string {
  // A UTF-16 unit is at most three bytes of UTF-8.
  if (text.length * 3 <= maxBytes || Buffer.byteLength(text) <= maxBytes) return text;
  const { createHash } = require("node:crypto") as typeof import("node:crypto");
  return "#" + createHash("sha256").update(text).digest("hex").slice(0, 40);
}

function argumentError(subject: string, error: unknown): KeyError {
  return keyError(subject, error, "a key", "Leave it out with an explicit key template.");
}

function keyError(subject: string, error: unknown, whole: string, advice: string): KeyError {
  if (error instanceof Unkeyable)
    return new KeyError(`${subject} ${error.message}, which can't be part of ${whole}. ${advice}`);
  // A getter, a toJSON method or a proxy threw.
  const reason = error instanceof Error ? error.message : String(error);
  return new KeyError(`${subject} could not be read for ${whole}: ${reason}.`, { cause: error });
}
