import type ts from "typescript";
import { type FileContext } from "../context/file-context";

/**
 * A parsed expression of a placeholder or of `when`. It is emitted as code, and never evaluated
 * from a string.
 */
export interface ParsedExpression {
  readonly node: ts.Expression;
  /**
   * The names that the expression reads and does not bind itself, with their offsets in the text.
   */
  readonly names: readonly NameUse[];
  readonly usesThis: boolean;
}

export interface NameUse {
  readonly text: string;
  readonly start: number;
  /** Whether the name is read by a path without `?.`, so that undefined would throw. */
  readonly dereferenced: boolean;
  /** In `name ?? …`, the fallback is used where the name's value is undefined. */
  readonly hasFallback: boolean;
  /**
   * If no parameter has the name, it is that of a global that gives the same result for the same
   * values.
   */
  readonly global: boolean;
}

export interface ExpressionProblem {
  /** Continues a sentence: `"{a +}" in "user:{a +}" …`. */
  readonly why: string;
  readonly start: number;
  readonly end: number;
}

const pureGlobals = new Set([
  "undefined",
  "NaN",
  "Infinity",
  "String",
  "Number",
  "Boolean",
  "BigInt",
  "Math",
  "JSON",
  "Object",
  "Array",
  "parseInt",
  "parseFloat",
  "encodeURIComponent",
]);

const known = new WeakMap<FileContext["ts"], Map<string, ParsedExpression | ExpressionProblem>>();
/** In an editor, every intermediate state of a text that is being typed is one entry. */
const maxKnown = 10_000;

/**
 * Parses with the compiler's own parser, and refuses whatever has side effects or depends on time.
 */
export function parseExpression(
  ts: FileContext["ts"],
  text: string,
): ParsedExpression | ExpressionProblem {
  const ofCompiler = known.get(ts) ?? new Map<string, ParsedExpression | ExpressionProblem>();
  known.set(ts, ofCompiler);
  const before = ofCompiler.get(text);
  if (before) return before;
  if (ofCompiler.size >= maxKnown) ofCompiler.clear();
  const parsed = parse(ts, text);
  ofCompiler.set(text, parsed);
  return parsed;
}

function parse(ts: FileContext["ts"], text: string): ParsedExpression | ExpressionProblem {
  // The parentheses make sure that the whole text is one expression and that `{` does not begin a
  // block.
  const file = parseFile(ts, `(${text}\n)`);
  const deep = {
    why: `is nested in more than ${maxDepth} levels. Move it into a method, and call that.`,
    start: 0,
    end: text.length,
  };
  if (!file) return deep;
  const [error] = (file as unknown as { parseDiagnostics: readonly ts.DiagnosticWithLocation[] })
    .parseDiagnostics;
  const end = text.length;
  if (error)
    return {
      why: `is not an expression: ${ts.flattenDiagnosticMessageText(error.messageText, " ")}`,
      start: Math.max(0, Math.min(error.start - 1, end - 1)),
      end,
    };
  const [statement] = file.statements;
  if (
    file.statements.length !== 1 ||
    !statement ||
    !ts.isExpressionStatement(statement) ||
    !ts.isParenthesizedExpression(statement.expression)
  ) {
    return { why: "is not a single expression.", start: 0, end };
  }
  const node = statement.expression.expression;
  if (isDeeperThan(ts, node, maxDepth)) return deep;
  const refused = findRefused(ts, node);
  if (refused)
    return {
      why: `has ${refused.what}. Use names, paths, calls of methods and operators.`,
      start: refused.node.getStart() - 1,
      end: refused.node.end - 1,
    };
  return { node, ...readNames(ts, node) };
}

/**
 * A chain of operators is as deep as it is long. Functions that walk an expression call themselves
 * for each level.
 */
const maxDepth = 500;

/** Returns null if the text is nested too deeply for the parser. */
function parseFile(ts: FileContext["ts"], text: string): ts.SourceFile | null {
  try {
    return ts.createSourceFile("expression.ts", text, ts.ScriptTarget.Latest, true);
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

function isDeeperThan(ts: FileContext["ts"], root: ts.Node, levels: number): boolean {
  let level: ts.Node[] = [root];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > levels) return true;
    const next: ts.Node[] = [];
    for (const node of level) ts.forEachChild(node, (child) => void next.push(child));
    level = next;
  }
  return false;
}

function findRefused(
  ts: FileContext["ts"],
  node: ts.Node,
): { what: string; node: ts.Node } | undefined {
  const what = refusalOf(ts, node);
  return what ? { what, node } : ts.forEachChild(node, (child) => findRefused(ts, child));
}

function refusalOf(ts: FileContext["ts"], node: ts.Node): string | null {
  const { SyntaxKind } = ts;
  if (ts.isAwaitExpression(node) || ts.isYieldExpression(node))
    return "an await, but keys are computed synchronously";
  if (ts.isFunctionExpression(node) || ts.isClassLike(node))
    return "a function or class of its own";
  if (ts.isArrowFunction(node) && (ts.isBlock(node.body) || node.modifiers !== undefined))
    return "a function with statements";
  if (
    ts.isNewExpression(node) ||
    ts.isDeleteExpression(node) ||
    ts.isTaggedTemplateExpression(node)
  )
    return "an effect, or a new object each time";
  if (
    ts.isPrefixUnaryExpression(node) &&
    (node.operator === SyntaxKind.PlusPlusToken || node.operator === SyntaxKind.MinusMinusToken)
  )
    return "an assignment";
  if (ts.isPostfixUnaryExpression(node)) return "an assignment";
  if (
    ts.isBinaryExpression(node) &&
    node.operatorToken.kind >= SyntaxKind.FirstAssignment &&
    node.operatorToken.kind <= SyntaxKind.LastAssignment
  )
    return "an assignment";
  if (ts.isBinaryExpression(node) && node.operatorToken.kind === SyntaxKind.CommaToken)
    return "a comma";
  if (ts.isPrivateIdentifier(node)) return "a private name";
  if (
    ts.isAsExpression(node) ||
    ts.isSatisfiesExpression(node) ||
    ts.isTypeAssertionExpression(node)
  )
    return "a type";
  if (
    node.kind === SyntaxKind.SuperKeyword ||
    ts.isMetaProperty(node) ||
    ts.isJsxElement(node) ||
    ts.isJsxSelfClosingElement(node)
  )
    return "something that is not a value here";
  return null;
}

function readNames(
  ts: FileContext["ts"],
  root: ts.Expression,
): { names: NameUse[]; usesThis: boolean } {
  const names: NameUse[] = [];
  let usesThis = false;
  const visit = (node: ts.Node, own: ReadonlySet<string>): void => {
    if (node.kind === ts.SyntaxKind.ThisKeyword) usesThis = true;
    if (ts.isIdentifier(node) && isRead(ts, node) && !own.has(node.text)) {
      names.push({
        text: node.text,
        start: node.getStart() - 1,
        dereferenced: isDereferenced(ts, node),
        hasFallback: hasFallback(ts, node),
        global: pureGlobals.has(node.text),
      });
    }
    const inner = ts.isArrowFunction(node)
      ? new Set([...own, ...node.parameters.flatMap((parameter) => namesIn(ts, parameter.name))])
      : own;
    ts.forEachChild(node, (child) => visit(child, inner));
  };
  visit(root, new Set());
  return { names, usesThis };
}

function namesIn(ts: FileContext["ts"], name: ts.BindingName): string[] {
  if (ts.isIdentifier(name)) return [name.text];
  return name.elements.flatMap((element) =>
    ts.isOmittedExpression(element) ? [] : namesIn(ts, element.name),
  );
}

/** Whether the name refers to a value, and does not follow a dot or precede a colon. */
function isRead(ts: FileContext["ts"], node: ts.Identifier): boolean {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent)) return parent.expression === node;
  if (ts.isPropertyAssignment(parent)) return parent.initializer === node;
  if (ts.isBindingElement(parent)) return parent.propertyName !== node;
  return !ts.isParameter(parent) || parent.initializer === node;
}

function hasFallback(ts: FileContext["ts"], node: ts.Identifier): boolean {
  const { parent } = node;
  if (!ts.isBinaryExpression(parent) || parent.left !== node) return false;
  const { kind } = parent.operatorToken;
  return kind === ts.SyntaxKind.QuestionQuestionToken || kind === ts.SyntaxKind.BarBarToken;
}

function isDereferenced(ts: FileContext["ts"], node: ts.Identifier): boolean {
  const { parent } = node;
  return (
    (ts.isPropertyAccessExpression(parent) || ts.isElementAccessExpression(parent)) &&
    parent.expression === node &&
    !parent.questionDotToken
  );
}
