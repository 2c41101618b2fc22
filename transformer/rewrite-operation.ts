import type ts from "typescript";
import { type Emission } from "./emission";
import { type CompilerContext } from "./file-context";
import { unwrap } from "./wrappers";

/** Those that need a receiver. */
export const operations: ReadonlySet<string> = new Set(["refresh", "nocache", "invalidate"]);

type Member = ts.PropertyAccessExpression | ts.ElementAccessExpression;

/**
 * `a.add.refresh(5)` → `zc.at(a, "add").refresh(5)`, so that the loader gets its `this`.
 * Also `a?.add.refresh(5)`, `a[name].refresh(5)`, `a.add!.refresh(5)`, `super.add.refresh(5)`,
 * `this.#add.refresh(5)`. Any other call is returned as it is.
 *
 * What is no cached function comes out of `at` as it went in, so that a call which only
 * looks like an operation keeps its meaning.
 */
export function rewriteOperation(emission: Emission, call: ts.CallExpression): ts.CallExpression {
  const { ts } = emission.context;
  const callee = call.expression;
  if (!ts.isPropertyAccessExpression(callee) || !operations.has(callee.name.text)) return call;
  const member = unwrap(ts, callee.expression);
  if (!ts.isPropertyAccessExpression(member) && !ts.isElementAccessExpression(member)) return call;
  if (!mayBeOperation(emission.context, callee)) return call;
  const { factory } = ts;
  const target = createTarget(emission, member, callee.questionDotToken !== undefined);
  // `(a?.add).refresh(5)` is no chain: there, nothing can be left out.
  if (!ts.isOptionalChain(callee)) {
    const access = factory.createPropertyAccessExpression(target, callee.name);
    return ts.isCallChain(call)
      ? factory.updateCallChain(call, access, call.questionDotToken, call.typeArguments, call.arguments)
      : factory.updateCallExpression(call, access, call.typeArguments, call.arguments);
  }
  const access = factory.createPropertyAccessChain(
    target,
    factory.createToken(ts.SyntaxKind.QuestionDotToken),
    callee.name,
  );
  return factory.updateCallChain(
    call as ts.CallChain,
    access,
    call.questionDotToken,
    call.typeArguments,
    call.arguments,
  );
}

/** @param memberOptional the member may be missing: `a.add?.refresh(5)` */
function createTarget(emission: Emission, member: Member, memberOptional: boolean): ts.Expression {
  const { ts } = emission.context;
  const { factory } = ts;
  const receiver = member.expression;
  const isPrivate = ts.isPropertyAccessExpression(member) && ts.isPrivateIdentifier(member.name);
  if (receiver.kind === ts.SyntaxKind.ThisKeyword && isPrivate)
    return emission.runtimeCall("on", [receiver, member, nameOf(ts, member)]);
  if (receiver.kind === ts.SyntaxKind.SuperKeyword) return createSuperTarget(emission, member);
  if (isPrivate) {
    return evaluatedOnce(emission, receiver, (parameter) =>
      emission.runtimeCall("on", [
        parameter,
        factory.updatePropertyAccessExpression(member, parameter, member.name),
        nameOf(ts, member),
      ]),
    );
  }
  const flags = [ts.isOptionalChain(member), ts.isOptionalChain(member) && memberOptional]
    .filter(Boolean)
    .map(() => factory.createTrue());
  return emission.runtimeCall("at", [receiver, nameOf(ts, member), ...flags]);
}

/** `super.add`, on `this`. */
function createSuperTarget(emission: Emission, member: Member): ts.Expression {
  const { ts } = emission.context;
  const { factory } = ts;
  if (ts.isPropertyAccessExpression(member))
    return emission.runtimeCall("on", [factory.createThis(), member, nameOf(ts, member)]);
  return evaluatedOnce(emission, member.argumentExpression, (parameter) =>
    emission.runtimeCall("on", [
      factory.createThis(),
      factory.updateElementAccessExpression(member, member.expression, parameter),
      parameter,
    ]),
  );
}

/** `(value => …)(expression)` */
function evaluatedOnce(
  { context: { ts } }: Emission,
  expression: ts.Expression,
  body: (parameter: ts.Identifier) => ts.Expression,
): ts.Expression {
  const { factory } = ts;
  const name = factory.createUniqueName("value");
  const arrow = factory.createArrowFunction(
    undefined,
    undefined,
    [factory.createParameterDeclaration(undefined, undefined, name)],
    undefined,
    undefined,
    body(name),
  );
  return factory.createCallExpression(factory.createParenthesizedExpression(arrow), undefined, [expression]);
}

function nameOf(ts: CompilerContext["ts"], member: Member): ts.Expression {
  return ts.isPropertyAccessExpression(member)
    ? ts.factory.createStringLiteral(member.name.text)
    : member.argumentExpression;
}

/** With types: is it a member that zcache declares, or of unknown type? Without: it may be. */
function mayBeOperation({ ts, checker }: CompilerContext, callee: ts.PropertyAccessExpression): boolean {
  const declarations = checker?.getSymbolAtLocation(callee.name)?.declarations;
  if (!declarations) return true;
  return declarations.some(
    ({ parent }) => ts.isInterfaceDeclaration(parent) && parent.name.text === "CallableFunction",
  );
}
