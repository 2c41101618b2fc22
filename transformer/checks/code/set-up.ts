import type ts from "typescript";
import { unwrap } from "../../context/wrappers";
import { type CheckContext } from "../../plan/check-context";
import { testFile } from "./constructions";
import { callsOf } from "./function-calls";
import { sourcesOf } from "./variation";
import { functionAround } from "./syntax-ranges";
import { valueSymbol } from "./value-symbol";

/**
 * Whether the code sets a program up, which it does once, like a decorator: `@PrimaryId()`. A
 * function that only such code calls, with constants, sets it up too: `setRole("worker")`.
 */
export function isSetUp(context: CheckContext, node: ts.Node): boolean {
  const { ts } = context;
  let outermost: ts.SignatureDeclaration | null = null;
  for (let outer = functionAround(ts, node); outer; outer = functionAround(ts, outer)) {
    const name = outer.name?.getText() ?? "";
    const isDecorator = ts.isFunctionDeclaration(outer) && /^[A-Z]/.test(name);
    if (
      isDecorator ||
      /^(?:on(?:Module|Application)|init|configure|setup|bootstrap|start|register|connect|load)/i.test(
        name,
      ) ||
      (!ts.isClassElement(outer) && /^(?:re)?set(?:Config|Options|Settings|Defaults)/.test(name))
    )
      return true;
    outermost = outer;
  }
  // A method may be called at the start for each of several objects.
  return outermost !== null && !ts.isClassElement(outermost) && isCalledAtStart(context, outermost);
}

function isCalledAtStart(context: CheckContext, setter: ts.SignatureDeclaration): boolean {
  const { ts } = context;
  const calls = callsOf(context, setter).filter(
    ({ node }) => !testFile.test(node.getSourceFile().fileName),
  );
  const isSame = (argument: ts.Expression): boolean => sourcesOf(context, argument).size === 0;
  return (
    calls.length > 0 &&
    calls.every(({ node }) => isAtStart(ts, node) && node.arguments.every(isSame))
  );
}

/**
 * Whether the call is at the top of a module, or in a function that starts a program, such as
 * `bootstrapWorker`.
 */
function isAtStart(compiler: typeof ts, call: ts.Node): boolean {
  const around = functionAround(compiler, call);
  return (
    around === null ||
    /^(?:bootstrap|main$|onModuleInit$|onApplicationBootstrap$)/.test(around.name?.getText() ?? "")
  );
}

/**
 * Whether the program makes an object and sets it up for a caller in one function:
 * `new Accounts().init(tenant)` in `accountsOf(tenant)`. Objects of the class then differ.
 */
export function isSetUpForCaller(context: CheckContext, method: ts.SignatureDeclaration): boolean {
  const { ts } = context;
  return callsOf(context, method).some(({ node }) => {
    if (testFile.test(node.getSourceFile().fileName) || !isMadeBeside(context, node)) return false;
    const isVarying = (argument: ts.Expression): boolean => sourcesOf(context, argument).size > 0;
    return (
      functionAround(ts, node) !== null && !isSetUp(context, node) && node.arguments.some(isVarying)
    );
  });
}

/** `new Accounts().init(tenant)`, and the same in two statements */
function isMadeBeside(context: CheckContext, call: ts.CallExpression): boolean {
  const { ts } = context;
  const callee = unwrap(ts, call.expression);
  if (!ts.isPropertyAccessExpression(callee)) return false;
  const object = unwrap(ts, callee.expression);
  if (ts.isNewExpression(object)) return true;
  const holder = ts.isIdentifier(object) ? valueSymbol(context, object)?.valueDeclaration : null;
  if (!holder || !ts.isVariableDeclaration(holder) || !holder.initializer) return false;
  const isMade = ts.isNewExpression(unwrap(ts, holder.initializer));
  return isMade && functionAround(ts, holder) === functionAround(ts, call);
}
