import { tagText, templateOf } from "../../runtime/keys/key";
import { templateTextOf } from "../../runtime/keys/key-names";
import { type ProjectTarget } from "../plan/check-context";
import { type TemplatePlan } from "../plan/create-plan";
import { parseExpression } from "../directive/expression";
import { interpret } from "../explain/interpret";
import { type Decoded, decodeArguments, decodeTemplate } from "./decode-key";
import { type Workspace, targetsOf } from "./load-projects";

/** A function that may have made the key, and what the key shows of the call. */
export interface KeyOwner {
  readonly target: ProjectTarget;
  /**
   * The part before the function's own: the namespaces of `configure` and of a client's keyPrefix.
   */
  readonly namespace: string;
  /** The fingerprint in the key if `version: auto` put one there; otherwise null. */
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
 */
export function findKeyOwners(workspace: Workspace, key: string): KeyOwner[] {
  const text = templateTextOf(key);
  const owners = targetsOf(workspace).flatMap((target) => ownerOf(target, text) ?? []);
  const weight = ({ target: { plan }, namespace }: KeyOwner): number =>
    (plan.key.texts ?? [plan.name]).join("").length - namespace.length / 1000;
  return owners.sort((a, b) => weight(b) - weight(a));
}

function ownerOf(target: ProjectTarget, key: string): KeyOwner | null {
  // A namespace ends with a colon, and may contain colons.
  for (let at = 0; at >= 0; at = nextStart(key, at)) {
    const found = matchAt(target, key, at);
    if (found) return found;
  }
  return null;
}

function nextStart(key: string, at: number): number {
  const colon = key.indexOf(":", at);
  return colon < 0 ? -1 : colon + 1;
}

function matchAt(target: ProjectTarget, key: string, at: number): KeyOwner | null {
  const { plan, options } = target;
  const own = options.namespace === null ? "" : `${options.namespace}:`;
  if (!key.startsWith(own, at)) return null;
  const namespace = key.slice(0, at);
  const rest = key.slice(at + own.length);
  const isVersioned = plan.version !== null;
  if (plan.key.texts) {
    const [, version = null, text = ""] = (isVersioned ? /^([0-9a-f]{8}):(.*)$/s : /^()(.*)$/s).exec(rest) ?? [];
    const values = version === null ? null : decodeTemplate(plan.key.texts, text);
    if (!values) return null;
    const named = nameValues(plan.key.expressions, values);
    return { target, namespace, version: version || null, className: null, values: named };
  }
  if (!rest.startsWith(plan.name)) return null;
  const [, className, version, text] =
    /^(?:@((?![0-9a-f]{8}[@|])@?[^@|]+))?(?:@([0-9a-f]{8}))?\|(.*)$/s.exec(rest.slice(plan.name.length)) ?? [];
  const values = text === undefined ? null : decodeArguments(text);
  if (!values) return null;
  return {
    target,
    namespace,
    version: version ?? null,
    className: className ?? null,
    values: values === "hashed" ? values : nameValues(plan.key.expressions, values),
  };
}

/**
 * Pairs names with values. A rest parameter gets all remaining values; trailing undefined values
 * are not in a default key.
 */
function nameValues(expressions: readonly string[], values: readonly Decoded[]): (readonly [string, Decoded])[] {
  const last = expressions.at(-1);
  const rest = last?.startsWith("...") ? expressions.length - 1 : expressions.length;
  const missing = expressions
    .slice(values.length, rest)
    .map((name) => [name, { text: "undefined", value: undefined }] as const);
  const given = values.map(
    (value, i) => [i < rest ? (expressions[i] ?? `{${i}}`) : `${last?.slice(3)}[${i - rest}]`, value] as const,
  );
  return [...given, ...missing];
}

/**
 * Returns the templates of the tags that a key determines, which excludes tags made of the result.
 */
export function argumentTags({ plan, options }: KeyOwner["target"]): string[] {
  return options.tags.flatMap(({ text }, i) => (plan.tags[i]?.usesResult ? [] : [text]));
}

/**
 * Returns the tags over the arguments as far as the key determines them, and null for each that it
 * doesn't.
 */
export function tagsOfKey(workspace: Workspace, { target, values }: KeyOwner): (string | null)[] {
  const known = new Map(
    values === "hashed"
      ? []
      : values.filter(([, decoded]) => "value" in decoded).map(([name, { value }]) => [name, value]),
  );
  return target.plan.tags.filter(({ usesResult }) => !usesResult).map((tag) => tagOf(workspace, tag, known));
}

function tagOf(
  workspace: Workspace,
  { texts, expressions }: TemplatePlan,
  known: ReadonlyMap<string, unknown>,
): string | null {
  try {
    const values = expressions.map((expression) => evaluate(workspace, expression, known));
    return tagText(templateOf(texts), "the function", undefined, values);
  } catch {
    return null;
  }
}

/**
 * Evaluates a placeholder of the user's own directive over the known values. It throws if the
 * placeholder reads others.
 */
function evaluate({ ts }: Workspace, expression: string, known: ReadonlyMap<string, unknown>): unknown {
  if (known.has(expression)) return known.get(expression);
  const parsed = parseExpression(ts, expression);
  if ("why" in parsed) throw new Error("unknown");
  return interpret(ts, parsed.node, known);
}
