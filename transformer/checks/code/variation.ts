import type ts from "typescript";
import { someNode, walkTree } from "../../context/walk-tree";
import { type CheckContext } from "../../plan/check-context";
import { functionAround, holderOfBinding, isOfModule, loopAround } from "./syntax-ranges";
import { assignmentsTo, writesTo } from "./assignments";
import { valueSymbol } from "./value-symbol";
import { isSetting } from "./setting-calls";

/**
 * The causes of a value's variation from one call of a function, or one construction of an object,
 * to the next: mostly parameters.
 */
export type Sources = ReadonlySet<ts.Symbol>;

/** How a field read inside an expression varies. Null if the expression is not in a class. */
type FieldSources = (field: ts.PropertyAccessExpression) => Sources;

const noFieldVaries: FieldSources = () => new Set();

/**
 * Returns the sources of the expression's value. If there are none, it is the same each time, as
 * far as can be seen.
 */
export function sourcesOf(
  context: CheckContext,
  expression: ts.Expression,
  fieldSources = noFieldVaries,
): Sources {
  const { ts } = context;
  const sources = new Set<ts.Symbol>();
  const seen = new Set<ts.Symbol>();
  const open: ts.Node[] = [expression];
  const visitName = (name: ts.Identifier): void => {
    const symbol = valueSymbol(context, name);
    if (!symbol || seen.has(symbol)) return;
    seen.add(symbol);
    const { kind, values } = variableOf(context, symbol);
    if (kind === "source") sources.add(symbol);
    open.push(...values);
  };
  for (let root = open.pop(); root; root = open.pop())
    walkTree(ts, root, (node) => {
      if (ts.isTypeNode(node) || ts.isFunctionLike(node) || isSetting(context, node)) return "skip";
      if (ts.isPropertyAccessExpression(node)) {
        if (node.expression.kind === ts.SyntaxKind.ThisKeyword)
          fieldSources(node).forEach((source) => sources.add(source));
        open.push(node.expression);
        return "skip";
      }
      if (ts.isPropertyAssignment(node)) {
        open.push(node.initializer);
        return "skip";
      }
      if (ts.isIdentifier(node)) visitName(node);
      return undefined;
    });
  return sources;
}

interface Variable {
  /**
   * source: the value is given by the caller, or changed between calls. derived: it is made of
   * `values`.
   */
  readonly kind: "source" | "derived";
  readonly values: readonly ts.Expression[];
}

const constant: Variable = { kind: "derived", values: [] };

/**
 * Describes how a name gets its value. A variable at the top of a module, or from another module,
 * is one value for all.
 */
export function variableOf(context: CheckContext, symbol: ts.Symbol): Variable {
  const { ts } = context;
  const declaration = symbol.valueDeclaration;
  if (!declaration || !isLocal(context, declaration)) return constant;
  const holder = holderOfBinding(ts, declaration);
  if (ts.isParameter(holder)) return { kind: "source", values: [] };
  if (!ts.isVariableDeclaration(holder)) return constant;
  const loop = loopAround(ts, holder);
  if (loop && (holder.parent.parent === loop || isMadeAnew(context, holder, loop)))
    return { kind: "source", values: [] };
  const isConst = (ts.getCombinedNodeFlags(holder) & ts.NodeFlags.Const) !== 0;
  const written = isConst
    ? []
    : writesTo(context, symbol, functionAround(ts, declaration) ?? declaration.getSourceFile());
  if (written.some((value) => value === null)) return { kind: "source", values: [] };
  return {
    kind: "derived",
    values: [...(holder.initializer ? [holder.initializer] : []), ...(written as ts.Expression[])],
  };
}

/** Whether the declaration is in a function, or in a loop at the top of a module. */
function isLocal({ ts }: CheckContext, declaration: ts.Node): boolean {
  if (declaration.getSourceFile().isDeclarationFile) return false;
  return !isOfModule(ts, declaration);
}

/**
 * Whether the value is made again in each iteration: `const region = queue.pop()` in the body of a
 * loop. A call or an index may give another value each time, and so may what is made of a variable
 * that the loop changes.
 */
function isMadeAnew(
  context: CheckContext,
  { initializer }: ts.VariableDeclaration,
  loop: ts.IterationStatement,
): boolean {
  const { ts, checker } = context;
  if (!initializer) return false;
  return someNode(ts, initializer, (node) => {
    if (ts.isTypeNode(node) || ts.isFunctionLike(node)) return "skip";
    if (ts.isIdentifier(node)) {
      const symbol = checker.getSymbolAtLocation(node);
      return symbol !== undefined && isChangedIn(context, symbol, loop);
    }
    if (ts.isElementAccessExpression(node)) return !ts.isLiteralExpression(node.argumentExpression);
    return ts.isCallExpression(node) && !conversions.test(node.expression.getText());
  });
}

function isChangedIn(
  context: CheckContext,
  symbol: ts.Symbol,
  loop: ts.IterationStatement,
): boolean {
  const { valueDeclaration } = symbol;
  const isKept =
    valueDeclaration !== undefined && loopAround(context.ts, valueDeclaration) !== loop;
  return isKept && assignmentsTo(context, symbol, loop).length > 0;
}

const conversions = /^(?:Number|String|Boolean|BigInt|parseInt|parseFloat|require)$/;
