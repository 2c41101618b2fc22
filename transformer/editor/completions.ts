import type ts from "typescript";
import { type CheckContext } from "../plan/check-context";
import { type ExpressionScope } from "../checks/types/expression-scope";
import { optionNames } from "../directive/resolve-options";
import { checkGrades } from "../context/rules";
import { type Annotation, textBefore } from "./annotations";
import { flags, optionSummaries } from "./option-summaries";
import { nameNodeAt, ownerOf, scopeIn, typesOfOwner } from "./template-expression";
import { optionsIn, writingAt } from "./writing";

/** What is proposed at a place of a directive. */
export interface Completion {
  readonly name: string;
  /** What is put in where that is more than the name. */
  readonly insert?: string;
  readonly kind: "option" | "value" | "parameter" | "property" | "method";
  /** Beside the name: a type, a grade. */
  readonly detail?: string;
  readonly summary?: string;
  /** What it replaces, up to the cursor. */
  readonly typed: string;
}

export function completionsAt(context: CheckContext, annotation: Annotation, position: number): readonly Completion[] {
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
      insert: hasValue || flags.has(name) ? name : `${name}: `,
      kind: "option",
      summary: optionSummaries[name],
      typed,
    }));
}

const durations = ["30s", "1m", "10m", "1h", "1d"];

function valueCompletions(context: CheckContext, option: string, typed: string): Completion[] {
  const values = (names: readonly string[]): Completion[] => names.map((name) => ({ name, kind: "value", typed }));
  if (option === "codec") return values(context.options.codecs);
  if (option === "version") return values(["auto", "none"]);
  if (option === "ttl" || option === "nullTtl") return values(durations);
  if (option === "memory" || option === "stale" || option === "staleIfError" || option === "timeout")
    return values(["off", ...durations]);
  if (option === "jitter") return values(["off", "5%", "10%"]);
  if (option === "verify") return values(["off", "0.1%", "1%"]);
  if (option === "early") return values(["off"]);
  if (option === "allow")
    return [...checkGrades].map(([name, grade]) => ({ name, kind: "value", detail: `check, ${grade}`, typed }));
  // Those that other directives name: where they are set up can be any file.
  const used = (name: "cache" | "namespace"): string[] =>
    context.project().flatMap(({ options }) => options[name] ?? []);
  if (option === "cache" || option === "namespace") return values([...new Set(used(option))]);
  return [];
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
  // Something must stand behind a dot for it to be parsed.
  const name = nameNodeAt(context.ts, `${text}_`, text.length);
  const access = name && ownerOf(context.ts, name);
  if (access) return propertyCompletions(context, scope, access, typed);
  return /\.\s*$/.test(text.slice(0, text.length - typed.length)) ? [] : nameCompletions(context, scope, typed);
}

function nameCompletions({ checker }: CheckContext, scope: ExpressionScope, typed: string): Completion[] {
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
  const isIn = (type: ts.Type, name: string): boolean => checker.getPropertyOfType(type, name) !== undefined;
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

/** Not one of a symbol, a private name, or in quotes. */
function isNameable(name: string): boolean {
  return /^[\p{L}_$][\p{L}\p{N}_$]*$/u.test(name) && !name.startsWith("__@") && !name.startsWith("__#");
}

function isHidden({ ts }: CheckContext, property: ts.Symbol): boolean {
  const { Private, Protected } = ts.ModifierFlags;
  return (property.declarations ?? []).some(
    (declaration) => (ts.getCombinedModifierFlags(declaration) & (Private | Protected)) !== 0,
  );
}
