import type ts from "typescript";
import { type FileContext } from "../context/file-context";
import { type TargetNode } from "./target-node";
import { unwrap } from "../context/wrappers";

/**
 * A parameter of the target as plain data: what templates can name, and how emitted code receives
 * it.
 */
export interface Parameter {
  /** The name in emitted code: the parameter's own, or one made up for a destructured parameter. */
  readonly local: string;
  /** The destructuring pattern's text, and the names that it binds. */
  readonly pattern: { readonly text: string; readonly names: readonly string[] } | null;
  readonly rest: boolean;
  /** The default's text if it is a literal. It is then part of the key. */
  readonly literalDefault: string | null;
  /** The parameter has a default that is not a literal. */
  readonly computedDefault: boolean;
  /** The parameter is declared as an AbortSignal, and is not part of a key. */
  readonly signal: boolean;
}

/** Returns the parameters that a caller passes, without TypeScript's `this` parameter. */
export function parametersOf({ ts, sourceFile }: FileContext, node: TargetNode): Parameter[] {
  const passed = node.parameters.filter(
    ({ name }) => !(ts.isIdentifier(name) && name.text === "this"),
  );
  const taken = passed.flatMap(({ name }) =>
    ts.isIdentifier(name) ? [name.text] : boundNames(ts, name),
  );
  return passed.map(({ name, initializer, dotDotDotToken, type }, index) => {
    const value = initializer && unwrap(ts, initializer);
    const isLiteralDefault = value !== undefined && isLiteral(ts, value);
    return {
      local: ts.isIdentifier(name) ? name.text : localName(`_${index}`, taken),
      pattern: ts.isIdentifier(name)
        ? null
        : { text: patternText(ts, sourceFile, name), names: boundNames(ts, name) },
      rest: dotDotDotToken !== undefined,
      literalDefault: isLiteralDefault ? value.getText(sourceFile) : null,
      computedDefault: initializer !== undefined && !isLiteralDefault,
      signal: type !== undefined && isSignalType(ts, type),
    };
  });
}

/** Makes a parameter that the source does not have, or not under one name. */
export function madeUpParameter(
  wanted: string,
  others: readonly Parameter[],
  rest = false,
): Parameter {
  const taken = others.flatMap(({ local, pattern }) => [local, ...(pattern?.names ?? [])]);
  return {
    local: localName(wanted, taken),
    pattern: null,
    rest,
    literalDefault: null,
    computedDefault: false,
    signal: false,
  };
}

/**
 * Whether the type is written as `AbortSignal` or `AbortSignal | undefined`. The text decides,
 * because emitted code must not depend on inferred types.
 */
function isSignalType(ts: FileContext["ts"], type: ts.TypeNode): boolean {
  if (ts.isParenthesizedTypeNode(type)) return isSignalType(ts, type.type);
  if (ts.isUnionTypeNode(type)) {
    const isNothing = (part: ts.TypeNode): boolean =>
      part.kind === ts.SyntaxKind.UndefinedKeyword ||
      (ts.isLiteralTypeNode(part) && part.literal.kind === ts.SyntaxKind.NullKeyword);
    return (
      type.types.some((part) => isSignalType(ts, part)) &&
      type.types.every((part) => isNothing(part) || isSignalType(ts, part))
    );
  }
  return (
    ts.isTypeReferenceNode(type) &&
    ts.isIdentifier(type.typeName) &&
    type.typeName.text === "AbortSignal"
  );
}

function localName(wanted: string, taken: readonly string[]): string {
  return taken.includes(wanted) ? localName(`_${wanted}`, taken) : wanted;
}

/**
 * Returns the names that the pattern binds, without those of computed properties, which would have
 * to be evaluated.
 */
function boundNames(ts: FileContext["ts"], pattern: ts.BindingPattern): string[] {
  return elementsOf(ts, pattern).flatMap(({ name }) =>
    ts.isIdentifier(name) ? [name.text] : boundNames(ts, name),
  );
}

function elementsOf(ts: FileContext["ts"], pattern: ts.BindingPattern): ts.BindingElement[] {
  const elements = pattern.elements.filter(
    (element) => !ts.isOmittedExpression(element),
  ) as ts.BindingElement[];
  const isComputed = ({ propertyName }: ts.BindingElement): boolean =>
    propertyName !== undefined && ts.isComputedPropertyName(propertyName);
  // The contents of `...rest` are then unknown as well.
  return elements.some(isComputed)
    ? elements.filter((element) => !isComputed(element) && !element.dotDotDotToken)
    : elements;
}

/**
 * Returns the pattern without the defaults that would have to be run. What they would bind is
 * undefined in a key. If the value to take apart is missing, nothing is thrown here, because the
 * function itself throws or has a default.
 */
function patternText(
  ts: FileContext["ts"],
  sourceFile: ts.SourceFile,
  pattern: ts.BindingPattern,
): string {
  const bound = new Set<ts.Node>(elementsOf(ts, pattern));
  const elements = pattern.elements.map((element) => {
    if (ts.isOmittedExpression(element) || !bound.has(element)) return "";
    const { propertyName, name, initializer, dotDotDotToken } = element;
    const property = propertyName ? `${propertyName.getText(sourceFile)}: ` : "";
    const isNested = !ts.isIdentifier(name);
    const target = isNested ? patternText(ts, sourceFile, name) : name.text;
    const value =
      initializer && isLiteral(ts, initializer)
        ? initializer.getText(sourceFile)
        : isNested && !dotDotDotToken
          ? emptyFor(ts, name)
          : null;
    return `${dotDotDotToken ? "..." : ""}${property}${target}${value === null ? "" : ` = ${value}`}`;
  });
  return ts.isArrayBindingPattern(pattern)
    ? `[${elements.join(", ")}]`
    : `{ ${elements.filter((text) => text !== "").join(", ")} }`;
}

function emptyFor(ts: FileContext["ts"], pattern: ts.BindingPattern): string {
  return ts.isArrayBindingPattern(pattern) ? "[]" : "{}";
}

/**
 * Whether the value is the same whenever and wherever it is evaluated: numbers, strings, and
 * objects and lists of such values.
 */
function isLiteral(ts: FileContext["ts"], node: ts.Expression): boolean {
  if (ts.isNumericLiteral(node) || ts.isBigIntLiteral(node) || ts.isStringLiteralLike(node))
    return true;
  if (
    node.kind === ts.SyntaxKind.TrueKeyword ||
    node.kind === ts.SyntaxKind.FalseKeyword ||
    node.kind === ts.SyntaxKind.NullKeyword
  )
    return true;
  if (ts.isIdentifier(node)) return node.text === "undefined";
  if (ts.isPrefixUnaryExpression(node))
    return node.operator === ts.SyntaxKind.MinusToken && isLiteral(ts, node.operand);
  if (ts.isArrayLiteralExpression(node))
    return node.elements.every((element) => isLiteral(ts, element));
  if (ts.isObjectLiteralExpression(node)) {
    return node.properties.every(
      (property) =>
        ts.isPropertyAssignment(property) &&
        !ts.isComputedPropertyName(property.name) &&
        isLiteral(ts, property.initializer),
    );
  }
  return false;
}
