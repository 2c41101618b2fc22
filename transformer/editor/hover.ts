import type ts from "typescript";
import { type PlannedTarget } from "../plan/analyze-file";
import { type CheckContext } from "../plan/check-context";
import { targetOfExpression } from "../checks/code/target-of-expression";
import { describeTtl } from "../directive/describe-ttl";
import { createExampleCall } from "../explain/example-call";
import { defaultInDirective } from "../directive/option-defaults";
import { type OptionName, optionRows, toldCodec } from "../directive/resolve-options";
import { holderOf } from "../target/target-names";
import { type Annotation } from "./annotations";
import { describeOption } from "./describe-option";

/** Describes a directive and, before it, the option whose name the position is in. */
export function describeAt(
  context: CheckContext,
  annotation: Annotation,
  position: number,
): string {
  const meaning = describeDirective(context, annotation);
  const option = optionAt(annotation, position);
  return option === null
    ? meaning
    : `${option}: ${describeOption(optionRows[option])}\n\n${meaning}`;
}

function optionAt({ directive }: Annotation, position: number): OptionName | null {
  if ("problem" in directive) return null;
  const entry = directive.entries.find(
    ({ name: { span } }) => span.start <= position && position <= span.end,
  );
  const name = entry?.name;
  return name && !name.quoted && Object.hasOwn(optionRows, name.text)
    ? (name.text as OptionName)
    : null;
}

/** Shows the key that an example call would have, its tags, and how long it lives. */
function describeDirective(context: CheckContext, annotation: Annotation): string {
  if (annotation.planned) return describeTarget(context, annotation.planned);
  return annotation.target
    ? "Not cached: the directive has an error."
    : "Nothing is cached: the directive is not above a function.";
}

/**
 * Describes the name of an annotated function, at its declaration and wherever it is used. Returns
 * null for other names.
 */
export function describeName(context: CheckContext, position: number): string | null {
  const { ts } = context;
  const name = identifierAt(context, position);
  if (!name) return null;
  const declared = context.targets.find(
    ({ target }) => declaredName(context, target.node) === name,
  );
  if (declared) return describeTarget(context, declared);
  const access =
    ts.isPropertyAccessExpression(name.parent) && name.parent.name === name ? name.parent : name;
  const target = targetOfExpression(context, access);
  return target ? describeTarget(context, target) : null;
}

function describeTarget(context: CheckContext, planned: PlannedTarget): string {
  const { ts, checker, options: plugin } = context;
  const { options } = planned;
  const { call, key, tags } = createExampleCall(ts, checker, planned);
  const codec = toldCodec(options, plugin);
  const rows: [string, string][] = [
    ["call", call],
    ["key", key ?? "none: such an argument can't be part of a key"],
    ...tags.map((tag, i): [string, string] => [
      i === 0 ? "tags" : "",
      tag ?? options.tags[i]?.text ?? "",
    ]),
    ["ttl", describeTtl(options) ?? defaultInDirective(optionRows.ttl)],
    ...(codec === null ? [] : [["codec", codec] as [string, string]]),
    ...(options.cache === null ? [] : [["cache", options.cache] as [string, string]]),
  ];
  return rows.map(([name, value]) => `${name.padEnd(6)}${value}`).join("\n");
}

function identifierAt(
  { ts, sourceFile }: CheckContext,
  position: number,
): ts.Identifier | ts.PrivateIdentifier | null {
  let found: ts.Identifier | ts.PrivateIdentifier | null = null;
  const visit = (node: ts.Node): void => {
    if (position < node.getStart(sourceFile) || position > node.end) return;
    if (ts.isIdentifier(node) || ts.isPrivateIdentifier(node)) found = node;
    ts.forEachChild(node, visit);
  };
  visit(sourceFile);
  return found;
}

/** Returns the name of a function, or of what holds it. */
function declaredName(
  { ts }: CheckContext,
  node: PlannedTarget["target"]["node"],
): ts.Node | undefined {
  if (ts.isFunctionDeclaration(node) || ts.isMethodDeclaration(node)) return node.name;
  return (holderOf(ts, node) as ts.NamedDeclaration | null)?.name;
}
