import type ts from "typescript";
import { type FileContext } from "./file-context";
import { type TargetNode } from "./find-target";

/** A parameter of the target, as plain data: what templates can name, and how emitted code receives it. */
export interface Parameter {
  /** The name it has in emitted code: its own, or one made up for a destructured parameter. */
  readonly local: string;
  /** The destructuring pattern's text, and the names it binds. */
  readonly pattern: { readonly text: string; readonly names: readonly string[] } | null;
  readonly rest: boolean;
  /** The default's text if it is a literal: it is then part of the key. */
  readonly literalDefault: string | null;
  /** It has a default that is not a literal. */
  readonly computedDefault: boolean;
}

/** The parameters that a caller passes: TypeScript's `this` parameter is none. */
export function parametersOf({ ts, sourceFile }: FileContext, node: TargetNode): Parameter[] {
  return node.parameters
    .filter((parameter) => !(ts.isIdentifier(parameter.name) && parameter.name.text === "this"))
    .map((parameter, index) => {
      const { name, initializer } = parameter;
      const isLiteralDefault = initializer !== undefined && isLiteral(ts, initializer);
      return {
        local: ts.isIdentifier(name) ? name.text : `_${index}`,
        pattern: ts.isIdentifier(name) ? null : { text: patternText(ts, sourceFile, name), names: boundNames(ts, name) },
        rest: parameter.dotDotDotToken !== undefined,
        literalDefault: isLiteralDefault ? initializer.getText(sourceFile) : null,
        computedDefault: initializer !== undefined && !isLiteralDefault,
      };
    });
}

function boundNames(ts: FileContext["ts"], pattern: ts.BindingPattern): string[] {
  return pattern.elements.flatMap((element) => {
    if (ts.isOmittedExpression(element)) return [];
    return ts.isIdentifier(element.name) ? [element.name.text] : boundNames(ts, element.name);
  });
}

/** The pattern without defaults that would have to be run: what they'd bind is undefined in a key. */
function patternText(ts: FileContext["ts"], sourceFile: ts.SourceFile, pattern: ts.BindingPattern): string {
  const elements = pattern.elements.map((element) => {
    if (ts.isOmittedExpression(element)) return "";
    const property = element.propertyName ? `${element.propertyName.getText(sourceFile)}: ` : "";
    const name = ts.isIdentifier(element.name) ? element.name.text : patternText(ts, sourceFile, element.name);
    const value = element.initializer && isLiteral(ts, element.initializer) ? ` = ${element.initializer.getText(sourceFile)}` : "";
    return `${element.dotDotDotToken ? "..." : ""}${property}${name}${value}`;
  });
  return ts.isArrayBindingPattern(pattern) ? `[${elements.join(", ")}]` : `{ ${elements.join(", ")} }`;
}

/** A value that is the same whenever and wherever it is evaluated: numbers, strings, and objects and lists of such. */
function isLiteral(ts: FileContext["ts"], node: ts.Expression): boolean {
  if (ts.isNumericLiteral(node) || ts.isBigIntLiteral(node) || ts.isStringLiteralLike(node)) return true;
  if (node.kind === ts.SyntaxKind.TrueKeyword || node.kind === ts.SyntaxKind.FalseKeyword || node.kind === ts.SyntaxKind.NullKeyword) return true;
  if (ts.isIdentifier(node)) return node.text === "undefined";
  if (ts.isPrefixUnaryExpression(node)) return node.operator === ts.SyntaxKind.MinusToken && isLiteral(ts, node.operand);
  if (ts.isArrayLiteralExpression(node)) return node.elements.every((element) => isLiteral(ts, element));
  if (ts.isObjectLiteralExpression(node)) {
    return node.properties.every((property) => ts.isPropertyAssignment(property) && !ts.isComputedPropertyName(property.name) && isLiteral(ts, property.initializer));
  }
  return false;
}

/** Does the function's own code (not that of functions with a `this` of their own inside it) mention one of these? */
export function mentions({ ts }: FileContext, node: TargetNode, what: "this" | "arguments"): boolean {
  const isWanted = (child: ts.Node): boolean =>
    what === "arguments"
      ? ts.isIdentifier(child) && child.text === "arguments" && !ts.isPropertyAccessExpression(child.parent)
      : child.kind === ts.SyntaxKind.ThisKeyword || child.kind === ts.SyntaxKind.SuperKeyword;
  const visit = (child: ts.Node): boolean => {
    if (isWanted(child)) return true;
    if (ts.isFunctionDeclaration(child) || ts.isFunctionExpression(child) || ts.isClassLike(child) || ts.isTypeNode(child)) return false;
    if (ts.isObjectLiteralElementLike(child) && (ts.isMethodDeclaration(child) || ts.isAccessor(child))) return false;
    return ts.forEachChild(child, visit) ?? false;
  };
  if (ts.isArrowFunction(node)) return false;
  return node.parameters.some((parameter) => ts.forEachChild(parameter, visit) ?? false) || (node.body !== undefined && (ts.forEachChild(node.body, visit) ?? false));
}
