import { type Decoded, decodeArguments, decodeTemplate } from "./decode-key";

/** What the keys of a function look like. */
export interface KeyPattern {
  /** `module.Class.function`, which a default key begins with. */
  readonly name: string;
  /** The namespace of the function's directive or of the tsconfig; null if there is none. */
  readonly namespace: string | null;
  /** The fixed texts around the placeholders of the template; null for a default key. */
  readonly texts: readonly string[] | null;
  /** The placeholders, or the parameters of a default key. */
  readonly expressions: readonly string[];
  /** Whether keys have a fingerprint of the function (`version: auto`). */
  readonly isVersioned: boolean;
}

/** What a key shows of the call that made it. */
export interface KeyMatch {
  /**
   * The part before the function's own: the namespaces of `configure` and of a client's keyPrefix.
   */
  readonly namespace: string;
  /** The fingerprint in the key; null if there is none. */
  readonly version: string | null;
  /** The class of the receiver if it is not the class that declares the method. */
  readonly className: string | null;
  /**
   * Values by placeholder, in the key's order. "hashed" means that there were too many to be
   * readable.
   */
  readonly values: readonly (readonly [name: string, value: Decoded])[] | "hashed";
}

/**
 * Finds the functions that may have made the key. Those with the most specific templates come
 * first.
 *
 * @param text the key, without what the braces of a Cluster's hash tag add
 */
export function matchKey<Candidate>(
  text: string,
  candidates: readonly (readonly [Candidate, KeyPattern])[],
): (readonly [Candidate, KeyMatch])[] {
  const matches = candidates.flatMap(([candidate, pattern]) => {
    const match = matchAnywhere(pattern, text);
    return match ? [{ candidate, match, weight: weightOf(pattern, match) }] : [];
  });
  return matches
    .sort((a, b) => b.weight - a.weight)
    .map(({ candidate, match }) => [candidate, match]);
}

function weightOf({ name, texts }: KeyPattern, { namespace }: KeyMatch): number {
  return (texts ?? [name]).join("").length - namespace.length / 1_000;
}

function matchAnywhere(pattern: KeyPattern, key: string): KeyMatch | null {
  // A namespace ends with a colon, and may contain colons.
  for (let at = 0; at >= 0; at = nextStart(key, at)) {
    const found = matchAt(pattern, key, at);
    if (found) return found;
  }
  return null;
}

function nextStart(key: string, at: number): number {
  const colon = key.indexOf(":", at);
  return colon < 0 ? -1 : colon + 1;
}

function matchAt(pattern: KeyPattern, key: string, at: number): KeyMatch | null {
  const own = pattern.namespace === null ? "" : `${pattern.namespace}:`;
  if (!key.startsWith(own, at)) return null;
  const rest = key.slice(at + own.length);
  const match = pattern.texts
    ? matchTemplate(pattern.texts, pattern, rest)
    : matchDefault(pattern, rest);
  return match && { namespace: key.slice(0, at), ...match };
}

type OwnPart = Omit<KeyMatch, "namespace">;

function matchTemplate(
  texts: readonly string[],
  { expressions, isVersioned }: KeyPattern,
  rest: string,
): OwnPart | null {
  const [, version = null, text = ""] =
    (isVersioned ? /^([0-9a-f]{8}):(.*)$/s : /^()(.*)$/s).exec(rest) ?? [];
  const values = version === null ? null : decodeTemplate(texts, text);
  return (
    values && { version: version || null, className: null, values: nameValues(expressions, values) }
  );
}

function matchDefault({ name, expressions }: KeyPattern, rest: string): OwnPart | null {
  if (!rest.startsWith(name)) return null;
  const [, className = null, version = null, text] =
    /^(?:@((?![0-9a-f]{8}[@|])@?[^@|]+))?(?:@([0-9a-f]{8}))?\|(.*)$/s.exec(
      rest.slice(name.length),
    ) ?? [];
  const values = text === undefined ? null : decodeArguments(text);
  return (
    values && {
      version,
      className,
      values: values === "hashed" ? values : nameValues(expressions, values),
    }
  );
}

/**
 * Pairs names with values. A rest parameter gets all remaining values. Trailing undefined values
 * are not in a default key.
 */
function nameValues(
  expressions: readonly string[],
  values: readonly Decoded[],
): (readonly [string, Decoded])[] {
  const last = expressions.at(-1);
  const rest = last?.startsWith("...") ? expressions.length - 1 : expressions.length;
  const missing = expressions
    .slice(values.length, rest)
    .map((name) => [name, { text: "undefined", value: undefined }] as const);
  const given = values.map(
    (value, i) =>
      [i < rest ? (expressions[i] ?? `{${i}}`) : `${last?.slice(3)}[${i - rest}]`, value] as const,
  );
  return [...given, ...missing];
}
