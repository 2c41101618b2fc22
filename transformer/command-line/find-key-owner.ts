import { tagText, templateOf } from "../../runtime/keys/key";
import { templateTextOf } from "../../runtime/keys/key-names";
import { type ProjectTarget } from "../plan/check-context";
import { type TemplatePlan } from "../plan/create-plan";
import { parseExpression } from "../directive/expression";
import { interpret } from "../explain/interpret";
import { type Workspace, targetsOf } from "./load-projects";
import { type KeyMatch, matchKey, type KeyPattern } from "./match-key";

/** A function that may have made the key, and what the key shows of the call. */
export interface KeyOwner extends KeyMatch {
  readonly target: ProjectTarget;
}

/**
 * Finds the functions that may have made the key. Those with the most specific templates come
 * first.
 */
export function findKeyOwners(workspace: Workspace, key: string): KeyOwner[] {
  const candidates = targetsOf(workspace).map((target) => [target, patternOf(target)] as const);
  return matchKey(templateTextOf(key), candidates).map(([target, match]) => ({ target, ...match }));
}

function patternOf({ plan, options }: ProjectTarget): KeyPattern {
  const { texts, expressions } = plan.key;
  return {
    name: plan.name,
    namespace: options.namespace,
    texts,
    expressions,
    isVersioned: plan.version !== null,
  };
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
      : values
          .filter(([, decoded]) => "value" in decoded)
          .map(([name, { value }]) => [name, value]),
  );
  return target.plan.tags
    .filter(({ usesResult }) => !usesResult)
    .map((tag) => tagOf(workspace, tag, known));
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
function evaluate(
  { ts }: Workspace,
  expression: string,
  known: ReadonlyMap<string, unknown>,
): unknown {
  if (known.has(expression)) return known.get(expression);
  const parsed = parseExpression(ts, expression);
  if ("why" in parsed) throw new Error("unknown");
  return interpret(ts, parsed.node, known);
}
