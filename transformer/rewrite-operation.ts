import type ts from "typescript";
import { type Emission } from "./emission";
import { type FileContext } from "./file-context";
import { isFunctionInterface } from "./operation-members";
import { unwrap } from "./wrappers";

/** Those that need a receiver. */
export const operations: ReadonlySet<string> = new Set(["refresh", "nocache", "invalidate"]);

type Member = ts.PropertyAccessExpression | ts.ElementAccessExpression;

/**
 * `a.add.refresh(5)` → `zc.at(a, "add").refresh(5)`, so that the loader gets its `this`.
 * Also `a?.add.refresh(5)`, `a[name].refresh(5)`, `a.add!.refresh(5)`, `a.add["refresh"](5)`, `a.add.refresh!(5)`,
 * `super.add.refresh(5)`, `this.#add.refresh(5)`, `(a?.add ?? b.add).refresh(5)`, `(c ? a.add : b.add).refresh(5)`.
 * Any other call is returned as it is.
 *
 * What is no cached function comes out of `at` as it went in, so that a call which only
 * looks like an operation keeps its meaning.
 */
export function rewriteOperation(emission: Emission, call: ts.CallExpression): ts.CallExpression {
  const { ts } = emission.context;
  const callee = unwrap(ts, call.expression);
  if (!isOperationAccess(emission.context, callee)) return call;
  const isChain = ts.isOptionalChain(callee);
  const target = createTarget(emission, callee.expression, isChain, callee.questionDotToken !== undefined);
  if (!target || !mayBeOperation(emission.context, callee)) return call;
  const { factory } = ts;
  const access = isChain ? createChainAccess(emission, callee, target) : createAccess(emission, callee, target);
  // `(a?.add).refresh(5)` is no chain: there, nothing can be left out.
  return ts.isCallChain(call)
    ? factory.updateCallChain(call, access, call.questionDotToken, call.typeArguments, call.arguments)
    : factory.updateCallExpression(call, access, call.typeArguments, call.arguments);
}

/** `….refresh`, `…["refresh"]` */
function isOperationAccess({ ts }: FileContext, node: ts.Expression): node is Member {
  if (ts.isPropertyAccessExpression(node)) return operations.has(node.name.text);
  if (!ts.isElementAccessExpression(node)) return false;
  const name = node.argumentExpression;
  return ts.isStringLiteralLike(name) && operations.has(name.text);
}

function createAccess({ context: { ts } }: Emission, callee: Member, target: ts.Expression): ts.Expression {
  return ts.isPropertyAccessExpression(callee)
    ? ts.factory.createPropertyAccessExpression(target, callee.name)
    : ts.factory.createElementAccessExpression(target, callee.argumentExpression);
}

function createChainAccess({ context: { ts } }: Emission, callee: Member, target: ts.Expression): ts.Expression {
  const token = ts.factory.createToken(ts.SyntaxKind.QuestionDotToken);
  return ts.isPropertyAccessExpression(callee)
    ? ts.factory.createPropertyAccessChain(target, token, callee.name)
    : ts.factory.createElementAccessChain(target, token, callee.argumentExpression);
}

/**
 * What hands out the operations of a function; null where no receiver can be seen.
 * @param isChain what it makes is followed by `?.`, as in `a?.add.refresh(5)`
 * @param memberOptional the member may be missing: `a.add?.refresh(5)`
 */
function createTarget(
  emission: Emission,
  expression: ts.Expression,
  isChain: boolean,
  memberOptional: boolean,
): ts.Expression | null {
  const { ts } = emission.context;
  const { factory } = ts;
  const value = unwrap(ts, expression);
  if (ts.isPropertyAccessExpression(value) || ts.isElementAccessExpression(value))
    return createMemberTarget(emission, value, isChain, memberOptional);
  // Each of the values that it may have knows its own receiver.
  const ofPart = (part: ts.Expression): ts.Expression | null => createTarget(emission, part, false, true);
  if (ts.isConditionalExpression(value)) {
    const whenTrue = ofPart(value.whenTrue);
    const whenFalse = ofPart(value.whenFalse);
    if (!whenTrue && !whenFalse) return null;
    const updated = factory.updateConditionalExpression(
      value,
      value.condition,
      value.questionToken,
      whenTrue ?? value.whenTrue,
      value.colonToken,
      whenFalse ?? value.whenFalse,
    );
    return factory.createParenthesizedExpression(updated);
  }
  if (!ts.isBinaryExpression(value) || !isChoice(ts, value.operatorToken.kind)) return null;
  const left = value.operatorToken.kind === ts.SyntaxKind.CommaToken ? null : ofPart(value.left);
  const right = ofPart(value.right);
  if (!left && !right) return null;
  return factory.createParenthesizedExpression(
    factory.updateBinaryExpression(value, left ?? value.left, value.operatorToken, right ?? value.right),
  );
}

/** `a || b`, `a && b`, `a ?? b`. Not `(0, a.b)`, by which programs leave the receiver out on purpose. */
function isChoice({ SyntaxKind }: FileContext["ts"], kind: ts.SyntaxKind): boolean {
  return (
    kind === SyntaxKind.BarBarToken ||
    kind === SyntaxKind.AmpersandAmpersandToken ||
    kind === SyntaxKind.QuestionQuestionToken
  );
}

function createMemberTarget(
  emission: Emission,
  member: Member,
  isChain: boolean,
  memberOptional: boolean,
): ts.Expression {
  const { ts } = emission.context;
  const receiver = member.expression;
  if (receiver.kind === ts.SyntaxKind.SuperKeyword) return createSuperTarget(emission, member);
  if (!ts.isOptionalChain(member)) return createPresentTarget(emission, member, receiver, isChain && !memberOptional);
  if (member.questionDotToken && !isPrivate(ts, member)) {
    const flags =
      isChain && !memberOptional ? [ts.factory.createTrue(), ts.factory.createTrue()] : [ts.factory.createTrue()];
    return emission.runtimeCall("at", [receiver, nameOf(ts, member), ...flags]);
  }
  return createChainTarget(emission, member, isChain && !memberOptional);
}

/**
 * `a?.b.add` → `(base = a) == null ? void 0 : zc.at(base.b, "add")`: what follows is left out where `a` is missing. Where
 * `b` is, that is an error.
 */
function createChainTarget(emission: Emission, member: Member, isNeeded: boolean): ts.Expression {
  const { ts } = emission.context;
  const { factory } = ts;
  const base = factory.createIdentifier(emission.chainBase());
  let root: ts.Expression | null = null;
  /** The chain from its last `?.` on, on the base. */
  const rebase = (link: ts.Expression): ts.Expression => {
    if (ts.isNonNullExpression(link)) return rebase(link.expression);
    const { expression, questionDotToken } = link as ts.PropertyAccessChain | ts.ElementAccessChain | ts.CallChain;
    if (questionDotToken) root = expression;
    const inner = questionDotToken ? base : rebase(expression);
    if (ts.isPropertyAccessExpression(link)) return factory.createPropertyAccessExpression(inner, link.name);
    if (ts.isElementAccessExpression(link))
      return factory.createElementAccessExpression(inner, link.argumentExpression);
    const { typeArguments, arguments: args } = link as ts.CallExpression;
    return factory.createCallExpression(inner, typeArguments, args);
  };
  const receiver = member.questionDotToken ? base : rebase(member.expression);
  const assigned = factory.createParenthesizedExpression(factory.createAssignment(base, root ?? member.expression));
  const isMissing = factory.createBinaryExpression(assigned, ts.SyntaxKind.EqualsEqualsToken, factory.createNull());
  const present = createPresentTarget(emission, member, receiver, isNeeded);
  return factory.createParenthesizedExpression(
    factory.createConditionalExpression(isMissing, undefined, factory.createVoidZero(), undefined, present),
  );
}

/** @param isNeeded a member that is missing is an error, which the `?.` behind it would hide */
function createPresentTarget(
  emission: Emission,
  member: Member,
  receiver: ts.Expression,
  isNeeded: boolean,
): ts.Expression {
  const { ts } = emission.context;
  const { factory } = ts;
  if (isPrivate(ts, member)) {
    const onReceiver = (self: ts.Expression): ts.Expression =>
      emission.runtimeCall("on", [self, factory.createPropertyAccessExpression(self, member.name), nameOf(ts, member)]);
    return receiver.kind === ts.SyntaxKind.ThisKeyword
      ? onReceiver(receiver)
      : evaluatedOnce(emission, receiver, onReceiver);
  }
  const flags = isNeeded ? [factory.createFalse(), factory.createTrue()] : [];
  return emission.runtimeCall("at", [receiver, nameOf(ts, member), ...flags]);
}

function isPrivate(
  compiler: FileContext["ts"],
  member: Member,
): member is ts.PropertyAccessExpression & { readonly name: ts.PrivateIdentifier } {
  return compiler.isPropertyAccessExpression(member) && compiler.isPrivateIdentifier(member.name);
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

function nameOf(ts: FileContext["ts"], member: Member): ts.Expression {
  return ts.isPropertyAccessExpression(member)
    ? ts.factory.createStringLiteral(member.name.text)
    : member.argumentExpression;
}

/** With types: is it a member that zcache declares, or of unknown type? Without: it may be. */
function mayBeOperation({ ts, checker }: FileContext, callee: Member): boolean {
  const name = ts.isPropertyAccessExpression(callee) ? callee.name : callee.argumentExpression;
  const declarations = checker?.getSymbolAtLocation(name)?.declarations;
  if (!declarations) return true;
  return declarations.some(({ parent }) => ts.isInterfaceDeclaration(parent) && isFunctionInterface(parent.name.text));
}
