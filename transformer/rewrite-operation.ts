import type ts from "typescript";
import { createExpression } from "./code";
import { type Emission } from "./emission";
import { operationForm } from "./forms";

/** Any call but that of an operation is returned as it is. */
export function rewriteOperation(emission: Emission, call: ts.CallExpression): ts.CallExpression {
  const form = operationForm(emission, call);
  if (!form) return call;
  const { ts } = emission.context;
  const { factory } = ts;
  const callee = call.expression as ts.PropertyAccessExpression;
  const target = createExpression(ts, form.pieces);
  if (!form.optional) {
    const access = factory.createPropertyAccessExpression(target, callee.name);
    return ts.isCallChain(call)
      ? factory.updateCallChain(call, access, call.questionDotToken, call.typeArguments, call.arguments)
      : factory.updateCallExpression(call, access, call.typeArguments, call.arguments);
  }
  const questionDot = factory.createToken(ts.SyntaxKind.QuestionDotToken);
  const access = factory.createPropertyAccessChain(target, questionDot, callee.name);
  return factory.updateCallChain(
    call as ts.CallChain,
    access,
    call.questionDotToken,
    call.typeArguments,
    call.arguments,
  );
}
