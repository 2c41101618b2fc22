import type ts from "typescript";
import { type CheckContext } from "../../plan/check-context";
import { testFile } from "./constructions";
import { callsOf } from "./function-calls";
import { sourcesOf } from "./variation";
import { functionAround } from "./syntax-ranges";

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
      )
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
