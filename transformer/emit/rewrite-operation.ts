import type ts from "typescript";
import { createExpression } from "./code";
import { type Emission } from "./emission";
import { operationForm } from "./operation-form";

/** Rewrites the call of an operation, and returns any other call as it is. */
export function rewriteOperation(emission: Emission, call: ts.CallExpression): ts.CallExpression {
  const form = operationForm(emission, call);
  if (!form) return call;
  const { ts } = emission.context;
  const { factory } = ts;
  const { callee, optional } = form;
  const target = createExpression(ts, form.pieces);
  const access = optional
    ? createChainAccess(ts, callee, target)
    : ts.isPropertyAccessExpression(callee)
      ? factory.createPropertyAccessExpression(target, callee.name)
      : factory.createElementAccessExpression(target, callee.argumentExpression);
  return ts.isCallChain(call)
    ? factory.updateCallChain(
        call,
        access,
        call.questionDotToken,
        call.typeArguments,
        call.arguments,
      )
    : factory.updateCallExpression(call, access, call.typeArguments, call.arguments);
}

function createChainAccess(
  { factory, isPropertyAccessExpression, SyntaxKind }: typeof ts,
  callee: ts.PropertyAccessExpression | ts.ElementAccessExpression,
  target: ts.Expression,
): ts.Expression {
  const token = factory.createToken(SyntaxKind.QuestionDotToken);
  return isPropertyAccessExpression(callee)
    ? factory.createPropertyAccessChain(target, token, callee.name)
    : factory.createElementAccessChain(target, token, callee.argumentExpression);
}
