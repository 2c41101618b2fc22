import { templateTextOf } from "../../runtime/keys/key-names";
import { type Decoded } from "../../transformer/command-line/decode-key";
import { type KeyMatch, matchKey, type KeyPattern } from "../../transformer/command-line/match-key";
import { parseTemplate } from "../../transformer/directive/parse-template";
import { type LockedFunction } from "../../transformer/lock/lock";

/** The function that a key belongs to, and what the key shows about the call. */
export interface KeyOwner extends KeyMatch {
  readonly locked: LockedFunction;
}

/** Finds the function whose template makes such a key. The one with the longest fixed text wins. */
export function findOwner(functions: readonly LockedFunction[], key: string): KeyOwner | null {
  const candidates = functions.flatMap((locked) => {
    const pattern = patternOf(locked);
    return pattern ? [[locked, pattern] as const] : [];
  });
  const [first] = matchKey(templateTextOf(key), candidates);
  return first ? { locked: first[0], ...first[1] } : null;
}

/** Null for a template that can't be read. */
function patternOf(locked: LockedFunction): KeyPattern | null {
  const { name, namespace = null, version } = locked;
  const template = textsOf(isDefaultKey(locked) ? locked.key.slice(name.length + 1) : locked.key);
  if (!template) return null;
  const { texts, expressions } = template;
  const isVersioned = version !== undefined;
  return { name, namespace, texts: isDefaultKey(locked) ? null : texts, expressions, isVersioned };
}

/**
 * Returns the text that every key of the function begins with, without the namespace of
 * `configure`. It is empty for a template that begins with a value.
 */
export function keyPrefix(locked: LockedFunction): string {
  const own = locked.namespace === undefined ? "" : `${locked.namespace}:`;
  if (isDefaultKey(locked)) return own + locked.name;
  // The fingerprint precedes the template.
  return locked.version === undefined ? own + (textsOf(locked.key)?.texts[0] ?? "") : own;
}

/**
 * Returns the tags over the arguments as far as the key determines them, and null for each that it
 * doesn't.
 */
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
    if (typeof value !== "string" && typeof value !== "number" && typeof value !== "boolean")
      return null;
    if (typeof value === "string" && !/^[\p{L}\p{M}\p{N}_.@+-]*$/u.test(value)) return null;
    text += String(value) + (template.texts[i + 1] ?? "");
  }
  return text;
}

function isDefaultKey({ name, key }: LockedFunction): boolean {
  return key.startsWith(`${name}|`);
}

function textsOf(
  template: string,
): { readonly texts: readonly string[]; readonly expressions: readonly string[] } | null {
  const parsed = parseTemplate(template);
  return "message" in parsed
    ? null
    : { texts: parsed.texts, expressions: parsed.placeholders.map(({ text }) => text) };
}
