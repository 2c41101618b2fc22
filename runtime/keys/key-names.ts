/**
 * Makes the names of what zcache stores beside entries: the versions of tags, the prefix versions
 * ("fences") of tags that the result names, the epoch, and what processes report to Studio. The
 * library and the command line share these functions.
 *
 * Such a name ends with `~`, and the key of an entry never does. A template, a namespace or an
 * argument therefore can't make an entry's key that is one of them. The end is marked and not the
 * beginning, because a client's keyPrefix and the namespaces of other caches are put in front.
 */
const end = "~";
/** Appended to the key of an entry that would end with `~`, or with this character. */
const escape = "%";

const tilde = end.charCodeAt(0);
const percent = escape.charCodeAt(0);

/**
 * Returns the text of an entry's key, from its template's text. It replaces a lone surrogate in the
 * way in which a store would.
 */
export function entryKeyOf(text: string): string {
  const last = text.charCodeAt(text.length - 1);
  const escaped = last === tilde || last === percent ? text + escape : text;
  return wellFormed(escaped);
}

/** Returns the text that `entryKeyOf` was given. */
export function templateTextOf(entryKey: string): string {
  return entryKey.endsWith(end + escape) || entryKey.endsWith(escape + escape)
    ? entryKey.slice(0, -1)
    : entryKey;
}

/** @param namespace that of `configure`, without the colon */
export function versionKeyOf(namespace: string | null, tag: string): string {
  return nameOf(namespace, `tag:${tagNameOf(tag)}`);
}

/**
 * Returns the key of the version that changes with every invalidation of a tag of this kind. The
 * kind is the tag up to its first colon.
 */
export function fenceKeyOf(namespace: string | null, kind: string): string {
  return nameOf(namespace, `tags:${tagNameOf(kind)}`);
}

/** Returns the key of the version that all entries of the cache carry. */
export function epochKeyOf(namespace: string | null): string {
  return nameOf(namespace, "epoch");
}

/**
 * The hash whose fields are the reports that processes leave for Studio. It does not belong to a
 * cache, so processes find each other there whatever the namespaces of their caches are.
 */
export const reportsKey = `studio${end}`;

/**
 * Returns the keys to delete, in this order, to invalidate a tag. The fence comes first: a load
 * that finds it unchanged at its end can then rely on the versions that it read before that.
 */
export function invalidationKeysOf(namespace: string | null, tag: string): readonly string[] {
  const colon = tag.indexOf(":");
  const version = versionKeyOf(namespace, tag);
  return colon === -1 ? [version] : [fenceKeyOf(namespace, tag.slice(0, colon)), version];
}

/**
 * Returns the tag whose version has this name, whatever the namespace, or null if the name is not
 * of a tag's version.
 */
export function tagOfVersionKey(key: string): string | null {
  return /(?:^|:)tag:(.+)~$/s.exec(key)?.[1] ?? null;
}

function nameOf(namespace: string | null, name: string): string {
  return namespace === null ? name + end : `${wellFormed(namespace)}:${name}${end}`;
}

/** In bytes of UTF-8. An entry has two bytes for the length of a name. */
const longestTag = 1_024;

/**
 * Returns the tag as its version is named and as entries carry it: the tag itself, or the hash of
 * one that is too long.
 */
export function tagNameOf(tag: string): string {
  const text = wellFormed(tag);
  if (text.length * 3 <= longestTag || Buffer.byteLength(text) <= longestTag) return text;
  const { createHash } = require("node:crypto") as typeof import("node:crypto");
  return `#${createHash("sha256").update(text).digest("hex").slice(0, 40)}`;
}

/**
 * Returns the text without lone surrogates, which have no form in UTF-8. A store would keep another
 * name than this process, and would report that name in a form that is not recognised.
 */
export function wellFormed(text: string): string {
  return (text as WellFormed).isWellFormed() ? text : (text as WellFormed).toWellFormed();
}

/** The methods exist in Node since 20, and in TypeScript's library since ES2024. */
type WellFormed = string & { isWellFormed(): boolean; toWellFormed(): string };
