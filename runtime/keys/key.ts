/**
 * Makes the text of a key or a tag from the values that go into it. Keys are injective: other
 * values make another key. The form of one value is decided in token.ts; a text above 200 bytes
 * becomes its hash, `#0a4d55…`.
 */
import { KeyError } from "../errors";
import { entryKeyOf } from "./key-names";
import {
  type ArgumentsKey,
  type Encode,
  type Ending,
  type KeyTemplate,
  type Template,
} from "../plan";
import { messageOf } from "../user-code/thrown";
import { encodeNumber, encodeString, encodeToken, goesOn, isUuid, quote, Unkeyable } from "./token";

const maxBytes = 200;
const closed = "()";

/**
 * Returns the key of a call, after its prefix.
 *
 * @param prefix `shop.services.user.find|`, or a namespace, or nothing
 * @param owner the function, for messages
 * @throws KeyError for a value that can't be part of a key, or can't be read
 */
export function keyText(
  prefix: string,
  key: ArgumentsKey | KeyTemplate,
  owner: string,
  self: unknown,
  args: ArrayLike<unknown>,
): string {
  try {
    if (key.arguments !== undefined) return prefix + shorten(join(args, key.arguments));
    if (key.explicit) return entryKeyOf(prefix + fill(key, encodePlaceholder, self, args));
    // It ends with "|" or with a token, and neither is an end that `entryKeyOf` looks for.
    return prefix + shorten(trim(fill(key, encodeArgument, self, args)));
  } catch (error) {
    throw explain(key.explicit ? ofKey : ofArguments, owner, key, self, args, error);
  }
}

/**
 * Returns the text of a tag. A value has the same form in it as in a template literal, because that
 * is the text that callers of `invalidateTag` write.
 * Two values may therefore share a tag, which can only invalidate too much.
 *
 * @throws KeyError for a value that can't be part of a tag, or can't be read
 */
export function tagText(
  template: Template,
  owner: string,
  self: unknown,
  args: ArrayLike<unknown>,
): string {
  try {
    return fill(template, encodeTagValue, self, args);
  } catch (error) {
    throw explain(ofTag, owner, template, self, args, error);
  }
}

/**
 * Returns how the text of a value must end in each place of an explicit key. `texts` are around the
 * values, and there is one more text than there are values.
 */
export function endingsOf(texts: readonly string[]): readonly Ending[] {
  return texts.slice(1).map((text, i) => {
    if (text === "") return i === texts.length - 2 ? "" : closed;
    if (text.startsWith("-")) return "-";
    return goesOn(text) ? closed : "";
  });
}

/** Makes a template whose arguments are its values, one for each place between the texts. */
export function templateOf(texts: readonly string[]): KeyTemplate {
  const [first] = texts as readonly [string];
  const endings = endingsOf(texts);
  const text: Template["text"] = (encode, ...values) =>
    values.reduce<string>(
      (made, value, i) => made + encode(value, endings[i]) + (texts[i + 1] as string),
      first,
    );
  return { explicit: true, text };
}

/**
 * Joins the arguments. Trailing `undefined`s don't count: `f(1)` and `f(1, undefined)` are one
 * entry.
 */
function join(args: ArrayLike<unknown>, count: number): string {
  let end = args.length < count ? args.length : count;
  while (end > 0 && args[end - 1] === undefined) end--;
  if (end === 0) return "";
  // The cases of up to two arguments, which most functions have, are written out: a loop is
  // measurable.
  const first = encodeArgument(args[0]);
  if (end === 1) return first;
  let text = first + "-" + encodeArgument(args[1]);
  for (let i = 2; i < end; i++) text += "-" + encodeArgument(args[i]);
  return text;
}

/** Fills the template without an array for the arguments, which are mostly few. */
function fill({ text }: Template, encode: Encode, self: unknown, args: ArrayLike<unknown>): string {
  switch (args.length) {
    case 1:
      return text.call(self, encode, args[0]);
    case 2:
      return text.call(self, encode, args[0], args[1]);
    case 3:
      return text.call(self, encode, args[0], args[1], args[2]);
    default:
      return text.call(self, encode, ...Array.from(args));
  }
}

/** Does what `encodeToken` does, with the most common arguments first. */
function encodeArgument(value: unknown): string {
  if (typeof value === "number") return encodeNumber(value);
  return typeof value === "string" ? encodeString(value) : encodeToken(value);
}

function encodeTagValue(value: unknown): string {
  if (typeof value === "string") return value;
  if (typeof value === "function" || typeof value === "symbol")
    throw new Unkeyable(`is a ${typeof value}`);
  const text = String(value);
  // If all objects of a kind, or lists of them, have the same text, it identifies none of them.
  if (typeof value === "object" && text.includes("[object "))
    throw new Unkeyable(`has the text ${quote(text)}`);
  return text;
}

function encodePlaceholder(value: unknown, ending: Ending = ""): string {
  const token = encodeArgument(value);
  if (ending === closed) return `(${shorten(token)})`;
  return ending === "-" && isUuid(token) ? quote(token) : shorten(token);
}

const nothing = "undefined";
const lastOfNothing = nothing.charCodeAt(nothing.length - 1);

/** Does what `join` does for a default key whose text is made in another way. */
function trim(text: string): string {
  let end = text.length;
  // After a separator nothing else ends like it, because the string "undefined" is quoted.
  while (end > 0 && text.charCodeAt(end - 1) === lastOfNothing && text.endsWith(nothing, end)) {
    const begin = end - nothing.length;
    if (begin !== 0 && text[begin - 1] !== "-") break;
    end = Math.max(begin - 1, 0);
  }
  return end === text.length ? text : text.slice(0, end);
}

function shorten(text: string): string {
  // A UTF-16 unit is at most three bytes of UTF-8.
  if (text.length * 3 <= maxBytes || Buffer.byteLength(text) <= maxBytes) return text;
  const { createHash } = require("node:crypto") as typeof import("node:crypto");
  return "#" + createHash("sha256").update(text).digest("hex").slice(0, 40);
}

// ---- What can't be part of a key ----

/** The thing that a template makes, in the words of messages. */
interface Role {
  readonly whole: "a key" | "a tag";
  readonly encode: Encode;
  place(number: number, owner: string): string;
  readonly advice: string;
}

const ofArguments: Role = {
  whole: "a key",
  encode: encodeArgument,
  place: (number, owner) => `Argument ${number} of ${owner}`,
  advice: "Leave it out with an explicit key template.",
};
const ofKey: Role = {
  whole: "a key",
  encode: encodeArgument,
  place: (number, owner) => `Placeholder ${number} in the key of ${owner}`,
  advice: "Use something that identifies it.",
};
const ofTag: Role = {
  whole: "a tag",
  encode: encodeTagValue,
  place: (number, owner) => `Placeholder ${number} in a tag of ${owner}`,
  advice: "Use something that names it.",
};

/** Fills the template once more, to see which of its values is to blame. */
function explain(
  role: Role,
  owner: string,
  template: ArgumentsKey | Template,
  self: unknown,
  args: ArrayLike<unknown>,
  error: unknown,
): KeyError {
  const { whole, advice } = role;
  let number = 0;
  let encoding = false;
  const probe: Encode = (value) => {
    number++;
    encoding = true;
    role.encode(value);
    encoding = false;
    return "";
  };
  let cause = error;
  try {
    if ("text" in template) fill(template, probe, self, args);
    else for (let i = 0; i < template.arguments; i++) probe(args[i]);
  } catch (again) {
    cause = again;
  }
  if (encoding && cause instanceof Unkeyable)
    return new KeyError(
      `${role.place(number, owner)} ${cause.message}, which can't be part of ${whole}. ${advice}`,
    );
  const reason = messageOf(cause);
  // A getter, a toJSON method or a proxy threw, or a step in a placeholder's path did not exist.
  const subject = encoding
    ? `${role.place(number, owner)} could not be read`
    : `${owner} could not read its arguments`;
  return new KeyError(`${subject} for ${whole}: ${reason}.`, { cause });
}
