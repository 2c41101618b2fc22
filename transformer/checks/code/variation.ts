import type ts from "typescript";
import { oncePerProgram } from "../../context/once-per-program";
import { someNode, walkTree } from "../../context/walk-tree";
import { visitNames } from "../../context/word-places";
import { type CheckContext } from "../../plan/check-context";
import { writeOf } from "./loader-reads";

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

/**
 * Returns the values assigned to a variable within `scope`, with null for `+=`, `++` and the like.
 */
export function writesTo(
  context: CheckContext,
  symbol: ts.Symbol,
  scope: ts.Node,
): (ts.Expression | null)[] {
  return assignmentsTo(context, symbol, scope).map(({ value }) => value);
}

export interface Assignment {
  readonly node: ts.Node;
  /** The value is null if it is made of the previous value. */
  readonly value: ts.Expression | null;
}

const knownAssignments = new WeakMap<ts.Symbol, Map<ts.Node, readonly Assignment[]>>();

/**
 * Returns what is assigned to a variable within `scope`. It is found once, because each read of the
 * variable asks.
 */
export function assignmentsTo(
  context: CheckContext,
  symbol: ts.Symbol,
  scope: ts.Node,
): readonly Assignment[] {
  const ofSymbol = knownAssignments.get(symbol) ?? new Map<ts.Node, readonly Assignment[]>();
  knownAssignments.set(symbol, ofSymbol);
  const found = ofSymbol.get(scope) ?? findAssignments(context, symbol, scope);
  ofSymbol.set(scope, found);
  return found;
}

function findAssignments(
  { ts, checker }: CheckContext,
  symbol: ts.Symbol,
  scope: ts.Node,
): Assignment[] {
  const found: Assignment[] = [];
  visitNames(ts, scope, new Set([symbol.name]), (name) => {
    const write = writeOf(ts, name);
    if (write && checker.getSymbolAtLocation(name) === symbol)
      found.push({ node: write, value: assignedValue(ts, write) });
  });
  return found;
}

/**
 * Returns the value of `x = value` and `x ??= value`, or null for operations on the previous value.
 */
export function assignedValue(compiler: typeof ts, write: ts.Node): ts.Expression | null {
  const { EqualsToken, QuestionQuestionEqualsToken, BarBarEqualsToken } = compiler.SyntaxKind;
  const plain: readonly ts.SyntaxKind[] = [
    EqualsToken,
    QuestionQuestionEqualsToken,
    BarBarEqualsToken,
  ];
  return compiler.isBinaryExpression(write) && plain.includes(write.operatorToken.kind)
    ? write.right
    : null;
}

const knownSymbols = oncePerProgram(() => new WeakMap<ts.Identifier, ts.Symbol | null>());

/**
 * Returns the declaration that a name refers to. The result is kept, because the compiler searches
 * all scopes each time, and the checks often ask for the same name.
 */
export function valueSymbol(context: CheckContext, node: ts.Identifier): ts.Symbol | undefined {
  const { ts, checker } = context;
  const symbols = knownSymbols(context);
  let symbol = symbols.get(node);
  if (symbol === undefined) {
    symbol =
      (ts.isShorthandPropertyAssignment(node.parent)
        ? checker.getShorthandAssignmentValueSymbol(node.parent)
        : checker.getSymbolAtLocation(node)) ?? null;
    symbols.set(node, symbol);
  }
  return symbol ?? undefined;
}

/** Whether the declaration is in a function, or in a loop at the top of a module. */
function isLocal({ ts }: CheckContext, declaration: ts.Node): boolean {
  if (declaration.getSourceFile().isDeclarationFile) return false;
  return functionAround(ts, declaration) !== null || loopAround(ts, declaration) !== null;
}

/** Returns the loop that the node is in, unless a function is between them. */
export function loopAround(compiler: typeof ts, node: ts.Node): ts.IterationStatement | null {
  for (let outer = node.parent; outer && !compiler.isFunctionLike(outer); outer = outer.parent)
    if (compiler.isIterationStatement(outer, false)) return outer;
  return null;
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

export function functionAround(compiler: typeof ts, node: ts.Node): ts.SignatureDeclaration | null {
  for (let outer = node.parent; outer; outer = outer.parent)
    if (compiler.isFunctionLike(outer)) return outer;
  return null;
}

/** Returns the parameter or variable that a name bound by a pattern belongs to. */
export function holderOfBinding(compiler: typeof ts, declaration: ts.Node): ts.Node {
  let holder = declaration;
  while (compiler.isBindingElement(holder)) holder = holder.parent.parent;
  return holder;
}

/**
 * Recognises `config.get("API_URL")`, `configService.mail`: a settings service answers the same to
 * every caller.
 */
function isSetting({ ts, checker }: CheckContext, node: ts.Node): boolean {
  if (ts.isPropertyAccessExpression(node) && !ts.isCallExpression(node.parent)) {
    const name = checker.getTypeAtLocation(node.expression).getSymbol()?.name ?? "";
    return /(?:Config|Configuration|Settings|Env|Environment)Service$/.test(name);
  }
  if (
    !ts.isCallExpression(node) ||
    !ts.isPropertyAccessExpression(node.expression) ||
    !node.expression.name.text.startsWith("get")
  )
    return false;
  if (
    !node.arguments.every(
      (argument) =>
        ts.isLiteralExpression(argument) ||
        ts.isObjectLiteralExpression(argument) ||
        isPath(ts, argument),
    )
  )
    return false;
  const service = node.expression.expression;
  const words = /config|setting|env/i;
  return (
    words.test(service.getText()) ||
    words.test(checker.getTypeAtLocation(service).getSymbol()?.name ?? "")
  );
}

/** `KEYS.url` */
function isPath(compiler: typeof ts, node: ts.Expression): boolean {
  return (
    compiler.isIdentifier(node) ||
    (compiler.isPropertyAccessExpression(node) && isPath(compiler, node.expression))
  );
}
