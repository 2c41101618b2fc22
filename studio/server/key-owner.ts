import { templateTextOf } from "../../runtime/keys/key-names";
import { type Decoded, decodeArguments, decodeTemplate } from "../../transformer/command-line/decode-key";
import { parseTemplate } from "../../transformer/directive/parse-template";
import { type LockedFunction } from "../../transformer/lock/lock";

/** The function that a key belongs to, and what the key shows about the call. */
export interface KeyOwner {
  readonly locked: LockedFunction;
  /** The part of the key before the function's own, with its colon: namespaces and a client's prefix. */
  readonly namespace: string;
  readonly values: readonly (readonly [name: string, value: Decoded])[] | "hashed";
}

/** Finds the function whose template makes such a key. The one with the longest fixed text wins. */
export function findOwner(functions: readonly LockedFunction[], key: string): KeyOwner | null {
  const text = templateTextOf(key);
  const owners = functions.flatMap((locked) => ownerOf(locked, text) ?? []);
  const weight = ({ locked, namespace }: KeyOwner): number => fixedText(locked).length - namespace.length / 1_000;
  return owners.sort((a, b) => weight(b) - weight(a))[0] ?? null;
}

/**
 * Returns the text that every key of the function begins with, without the namespace of `configure`. It is empty for a
 * template that begins with a value.
 */
export function keyPrefix(locked: LockedFunction): string {
  const own = locked.namespace === undefined ? "" : `${locked.namespace}:`;
  if (isDefaultKey(locked)) return own + locked.name;
  // The fingerprint precedes the template.
  return locked.version === undefined ? own + (textsOf(locked.key)?.texts[0] ?? "") : own;
}

/** Returns the tags over the arguments as far as the key determines them, and null for each that it doesn't. */
export function tagsOf({ locked, values }: KeyOwner): readonly (string | null)[] {
  const known = new Map(values === "hashed" ? [] : values);
  return (locked.tags ?? []).filter((tag) => !usesResult(tag)).map((tag) => tagText(tag, known));
}

/** Tags made of the result are named in the entry itself. */
export function usesResult(tag: string): boolean {
  return (textsOf(tag)?.expressions ?? []).some((expression) => /^result\b/.test(expression));
}

function tagText(tag: string, known: ReadonlyMap<string, Decoded>): string | null {
  const template = textsOf(tag);
  if (!template) return null;
  let text = template.texts[0] ?? "";
  for (const [i, expression] of template.expressions.entries()) {
    const value = known.get(expression)?.value;
    // Other values have a special encoding, which needs the function's plan.
    if (typeof value !== "string" && typeof value !== "number" && typeof value !== "boolean") return null;
    if (typeof value === "string" && !/^[\p{L}\p{M}\p{N}_.@+-]*$/u.test(value)) return null;
    text += String(value) + (template.texts[i + 1] ?? "");
  }
  return text;
}

function ownerOf(locked: LockedFunction, key: string): KeyOwner | null {
  for (let at = 0; at >= 0; at = nextStart(key, at)) {
    const found = matchAt(locked, key, at);
    if (found) return found;
  }
  return null;
}

function nextStart(key: string, at: number): number {
  const colon = key.indexOf(":", at);
  return colon < 0 ? -1 : colon + 1;
}

function matchAt(locked: LockedFunction, key: string, at: number): KeyOwner | null {
  const own = locked.namespace === undefined ? "" : `${locked.namespace}:`;
  if (!key.startsWith(own, at)) return null;
  const namespace = key.slice(0, at);
  const rest = key.slice(at + own.length);
  if (isDefaultKey(locked)) {
    if (!rest.startsWith(locked.name)) return null;
    const [, text] =
      /^(?:@(?![0-9a-f]{8}[@|])@?[^@|]+)?(?:@[0-9a-f]{8})?\|(.*)$/s.exec(rest.slice(locked.name.length)) ?? [];
    const values = text === undefined ? null : decodeArguments(text);
    return values && { locked, namespace, values: values === "hashed" ? values : named(locked.parameters, values) };
  }
  const template = textsOf(locked.key);
  const [, text = null] = (locked.version === undefined ? /^(.*)$/s : /^[0-9a-f]{8}:(.*)$/s).exec(rest) ?? [];
  const values = template && text !== null ? decodeTemplate(template.texts, text) : null;
  return values && template && { locked, namespace, values: named(template.expressions, values) };
}

function named(names: readonly string[], values: readonly Decoded[]): (readonly [string, Decoded])[] {
  return values.map((value, i) => [names[i] ?? `{${i}}`, value] as const);
}

function isDefaultKey({ name, key }: LockedFunction): boolean {
  return key.startsWith(`${name}|`);
}

function fixedText(locked: LockedFunction): string {
  return isDefaultKey(locked) ? locked.name : (textsOf(locked.key)?.texts ?? []).join("");
}

function textsOf(
  template: string,
): { readonly texts: readonly string[]; readonly expressions: readonly string[] } | null {
  const parsed = parseTemplate(template);
  return "message" in parsed ? null : { texts: parsed.texts, expressions: parsed.placeholders.map(({ text }) => text) };
}
