import type ts from "typescript";
import { oncePerProgram } from "../../context/once-per-program";
import { walkTree } from "../../context/walk-tree";
import { type CheckContext } from "../../plan/check-context";
import { type Origin, type Scope, variableAt } from "./origin";
import { isOfModule } from "./syntax-ranges";
import { functionOfExpression } from "./target-of-expression";

const known = oncePerProgram(() => new Map<ts.Node, readonly Origin[]>());

/**
 * Returns the object that a function keeps for the whole program, and returns to each caller:
 * `Settings.instance` of `Settings.getInstance()`, or a variable of the module.
 */
export function keptObjects(
  context: CheckContext,
  { expression }: ts.CallExpression,
  originsOf: (scope: Scope, result: ts.Expression) => readonly Origin[],
): readonly Origin[] {
  const owner = functionOfExpression(context, expression)?.node;
  if (!owner) return [];
  const ofProgram = known(context);
  const before = ofProgram.get(owner);
  if (before) return before;
  // Set before it is known, because a function may return its own result.
  ofProgram.set(owner, []);
  const scope = { body: owner, receiver: classOfStatic(context, owner), given: new Map() };
  const found = resultsOf(context.ts, owner)
    .flatMap((result) => originsOf(scope, result))
    .filter((origin) => isKept(context, origin));
  ofProgram.set(owner, found);
  return found;
}

/** `this` in a static method is the class. */
function classOfStatic({ ts, checker }: CheckContext, owner: ts.Node): Origin | null {
  const isStatic =
    ts.isMethodDeclaration(owner) &&
    (ts.getCombinedModifierFlags(owner) & ts.ModifierFlags.Static) !== 0;
  const { parent } = owner;
  const name = isStatic && ts.isClassLike(parent) ? parent.name : undefined;
  const root = name && checker.getSymbolAtLocation(name);
  return root ? { root, steps: [] } : null;
}

function resultsOf(compiler: typeof ts, owner: ts.SignatureDeclaration): readonly ts.Expression[] {
  const { body } = owner as { readonly body?: ts.ConciseBody };
  if (!body) return [];
  if (!compiler.isBlock(body)) return [body];
  const found: ts.Expression[] = [];
  walkTree(compiler, body, (node) => {
    if (compiler.isFunctionLike(node)) return "skip";
    if (compiler.isReturnStatement(node) && node.expression) found.push(node.expression);
    return undefined;
  });
  return found;
}

/** Whether it is a variable of a module, or a static field of a class. */
function isKept({ ts }: CheckContext, origin: Origin): boolean {
  const declaration = variableAt(origin)?.valueDeclaration;
  if (!declaration || !isOfModule(ts, declaration)) return false;
  return (
    ts.isVariableDeclaration(declaration) ||
    (ts.isClassLike(declaration) && origin.steps.length > 0)
  );
}
