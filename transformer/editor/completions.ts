import type ts from "typescript";
import { type OptionKind, type OptionRow } from "../../runtime/options";
import { describeOption } from "./describe-option";
import { type CheckContext } from "../plan/check-context";
import { type ExpressionScope } from "../checks/types/expression-scope";
import { isFlag, type OptionName, optionNames, optionRows } from "../directive/resolve-options";
import { checkGrades } from "../context/rules";
import { type Annotation, textBefore } from "./annotations";
import { nameNodeAt, ownerOf, scopeIn, typesOfOwner } from "./template-expression";
import { optionsIn, writingAt } from "./writing";

/** A proposal for a place in a directive. */
export interface Completion {
  readonly name: string;
  /** The text to insert, if it is more than the name. */
  readonly insert?: string;
  readonly kind: "option" | "value" | "parameter" | "property" | "method";
  /** Text beside the name: a type or a grade. */
  readonly detail?: string;
  readonly summary?: string;
  /** The text that the completion replaces, up to the cursor. */
  readonly typed: string;
}

export function completionsAt(
  context: CheckContext,
  annotation: Annotation,
  position: number,
): readonly Completion[] {
  const before = textBefore(context, annotation, position);
  const writing = before === null ? null : writingAt(before);
  if (!writing) return [];
  if (writing.kind === "option") {
    const hasValue = /^[\w-]*\s*:/.test(context.sourceFile.text.slice(position));
    return optionCompletions(annotation.found.text.text, writing.typed, hasValue);
  }
  if (writing.kind === "value") return valueCompletions(context, writing.option, writing.typed);
  return expressionCompletions(context, annotation, writing.option, writing.text);
}

function optionCompletions(text: string, typed: string, hasValue: boolean): Completion[] {
  const given = optionsIn(text);
  return optionNames
    .filter((name) => name === typed || !given.has(name))
    .map((name) => ({
      name,
      insert: hasValue || isFlag(name) ? name : `${name}: `,
      kind: "option",
      summary: describeOption(optionRows[name]),
      typed,
    }));
}

/** Proposed values for options of a kind. */
const examples: Readonly<Partial<Record<OptionKind, readonly string[]>>> = {
  duration: ["30s", "1m", "10m", "1h", "1d"],
  share: ["5%", "10%"],
  hits: ["0.1%", "1%"],
  boolean: ["true", "false"],
};

function valueCompletions(context: CheckContext, option: string, typed: string): Completion[] {
  const values = (names: readonly string[]): Completion[] =>
    names.map((name) => ({ name, kind: "value", typed }));
  if (option === "codec") return values(context.options.codecs);
  if (option === "version") return values(["auto", "none"]);
  if (option === "allow")
    return [...checkGrades].map(([name, grade]) => ({
      name,
      kind: "value",
      detail: `check, ${grade}`,
      typed,
    }));
  // Proposes the names that other directives use, because caches and namespaces can be set up in
  // any file.
  const used = (name: "cache" | "namespace"): string[] =>
    context.project().flatMap(({ options }) => options[name] ?? []);
  if (option === "cache" || option === "namespace") return values([...new Set(used(option))]);
  const row: OptionRow | undefined = Object.hasOwn(optionRows, option)
    ? optionRows[option as OptionName]
    : undefined;
  return row ? values([...(row.off ? ["off"] : []), ...(examples[row.kind] ?? [])]) : [];
}

function expressionCompletions(
  context: CheckContext,
  annotation: Annotation,
  option: string,
  text: string,
): readonly Completion[] {
  const scope = scopeIn(context, annotation, option);
  if (!scope) return [];
  const typed = /[\p{L}\p{N}_$]*$/u.exec(text)?.[0] ?? "";
  // A dot can be parsed only if something follows it.
  const name = nameNodeAt(context.ts, `${text}_`, text.length);
  const access = name && ownerOf(context.ts, name);
  if (access) return propertyCompletions(context, scope, access, typed);
  return /\.\s*$/.test(text.slice(0, text.length - typed.length))
    ? []
    : nameCompletions(context, scope, typed);
}

function nameCompletions(
  { checker }: CheckContext,
  scope: ExpressionScope,
  typed: string,
): Completion[] {
  const names = [...scope.names].map(([name, type]): Completion => ({
    name,
    kind: "parameter",
    detail: checker.typeToString(type),
    typed,
  }));
  return scope.receiver ? [...names, { name: "this", kind: "parameter", typed }] : names;
}

function propertyCompletions(
  context: CheckContext,
  scope: ExpressionScope,
  access: ts.PropertyAccessExpression,
  typed: string,
): Completion[] {
  const { ts, checker } = context;
  const { types, isNullable } = typesOfOwner(context, scope, access.expression);
  const [first, ...others] = types ?? [];
  if (!first) return [];
  const ofThis = access.expression.kind === ts.SyntaxKind.ThisKeyword;
  const isIn = (type: ts.Type, name: string): boolean =>
    checker.getPropertyOfType(type, name) !== undefined;
  const needsQuestion = isNullable && !access.questionDotToken;
  return checker
    .getPropertiesOfType(checker.getApparentType(first))
    .filter((property) => isNameable(property.name) && (ofThis || !isHidden(context, property)))
    .filter(({ name }) => others.every((other) => isIn(checker.getApparentType(other), name)))
    .map((property) => ({
      name: property.name,
      ...(needsQuestion && { insert: `?.${property.name}` }),
      kind: property.flags & ts.SymbolFlags.Method ? "method" : "property",
      detail: checker.typeToString(checker.getTypeOfSymbol(property)),
      typed: needsQuestion ? `.${typed}` : typed,
    }));
}

/**
 * Whether the name can be written after a dot: not a symbol, a private name, or one that needs
 * quotes.
 */
function isNameable(name: string): boolean {
  return (
    /^[\p{L}_$][\p{L}\p{N}_$]*$/u.test(name) && !name.startsWith("__@") && !name.startsWith("__#")
  );
}

function isHidden({ ts }: CheckContext, property: ts.Symbol): boolean {
  const { Private, Protected } = ts.ModifierFlags;
  return (property.declarations ?? []).some(
    (declaration) => (ts.getCombinedModifierFlags(declaration) & (Private | Protected)) !== 0,
  );
}
