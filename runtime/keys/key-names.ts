/**
 * The names of what zcache keeps beside entries: the versions of tags, the fences of tags that the result names, and
 * the epoch. The library and the command line take them from here.
 *
 * Such a name ends with `~`, and the key of an entry never does. So a template, a namespace or an argument can't make
 * an entry's key that is one of them. The end tells and not the beginning, because a client's keyPrefix and the
 * namespaces of other caches go in front.
 */
const end = "~";
/** Goes behind the key of an entry that would end with `~`, or with this. */
const escape = "%";

const tilde = end.charCodeAt(0);
const percent = escape.charCodeAt(0);

/** The text of an entry's key, from what its template made. What a store makes of a lone surrogate, it makes at once. */
export function entryKeyOf(text: string): string {
  const last = text.charCodeAt(text.length - 1);
  const escaped = last === tilde || last === percent ? text + escape : text;
  return wellFormed(escaped);
}

/** What `entryKeyOf` was given. */
export function templateTextOf(entryKey: string): string {
  return entryKey.endsWith(end + escape) || entryKey.endsWith(escape + escape) ? entryKey.slice(0, -1) : entryKey;
}

/** @param namespace that of `configure`, without the colon */
export function versionKeyOf(namespace: string | null, tag: string): string {
  return nameOf(namespace, `tag:${tagNameOf(tag)}`);
}

/** Of the version that ends with every invalidation of a tag of this kind: up to its first colon. */
export function fenceKeyOf(namespace: string | null, kind: string): string {
  return nameOf(namespace, `tags:${tagNameOf(kind)}`);
}

/** Of the version that all entries of the cache carry. */
export function epochKeyOf(namespace: string | null): string {
  return nameOf(namespace, "epoch");
}

/**
 * What to delete, in this order, so that a tag is invalidated. The fence comes first: a load that finds it unchanged at
 * its end can then rely on the versions that it read before that.
 */
export function invalidationKeysOf(namespace: string | null, tag: string): readonly string[] {
  const colon = tag.indexOf(":");
  const version = versionKeyOf(namespace, tag);
  return colon === -1 ? [version] : [fenceKeyOf(namespace, tag.slice(0, colon)), version];
}

/** The tag whose version has this name, whatever the namespace; null where it is another's. */
export function tagOfVersionKey(key: string): string | null {
  return /(?:^|:)tag:(.+)~$/s.exec(key)?.[1] ?? null;
}

function nameOf(namespace: string | null, name: string): string {
  return namespace === null ? name + end : `${wellFormed(namespace)}:${name}${end}`;
}

/** In UTF-8. An entry has two bytes for the length of a name. */
const longestTag = 1_024;

/** The tag as its version is named and as entries carry it: itself, or the hash of one that is too long. */
export function tagNameOf(tag: string): string {
  const text = wellFormed(tag);
  if (text.length * 3 <= longestTag || Buffer.byteLength(text) <= longestTag) return text;
  const { createHash } = require("node:crypto") as typeof import("node:crypto");
  return `#${createHash("sha256").update(text).digest("hex").slice(0, 40)}`;
}

/**
 * Without lone surrogates, which have no form in UTF-8: a store would keep another name than this process, and what it
 * says of that name would not be understood.
 */
export function wellFormed(text: string): string {
  return (text as WellFormed).isWellFormed() ? text : (text as WellFormed).toWellFormed();
}

/** In Node since 20, and in TypeScript's library since ES2024. */
type WellFormed = string & { isWellFormed(): boolean; toWellFormed(): string };
