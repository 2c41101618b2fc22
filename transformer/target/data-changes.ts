import type ts from "typescript";
import { type Syntax } from "../context/syntax";
import { someNode } from "../context/walk-tree";

/** Does the function change data somewhere, by what is written in it? */
export function changesDataIn(compiler: Syntax, { body }: ts.FunctionLikeDeclaration): boolean {
  if (!body || !telling.test(body.getText())) return false;
  return someNode(compiler, body, (node) => changesData(compiler, node));
}

/** Most bodies have none of the words below, and needn't be walked. */
const telling =
  /del|destroy|remove|drop|update|upsert|insert|save|increment|decrement|consume|send|publish|emit|create|limit|method|merge|truncate/i;

/**
 * Whether the node, by its text, changes data somewhere. What a function of another name does can't
 * be seen; and a function of such a name may be called only for its answer: `if ((await
 * users.delete(id)) === 0) throw …`.
 */
export function changesData(compiler: Syntax, node: ts.Node): boolean {
  if (compiler.isCallExpression(node))
    return changing.test(calledName(compiler, node.expression)) || isCounted(node) || isSending(compiler, node);
  return isChangingSql(compiler, node);
}

/** Verbs that begin the names of functions that change something. */
const changing =
  /^(?:del|delete|destroy|remove|drop|update|upsert|insert|save|increment|decrement|consume|send|publish|emit)(?![a-z])|^create$/;

/** Recognises `limiter.check(ip)`: the question itself is counted. */
function isCounted({ expression }: ts.CallExpression): boolean {
  return /(?:Limiter|RateLimits?|\blimiter|\brateLimits?)\b/.test(expression.getText());
}

/** `fetch(url, { method: "POST" })` */
function isSending(compiler: Syntax, call: ts.CallExpression): boolean {
  const properties = call.arguments.flatMap((one) =>
    compiler.isObjectLiteralExpression(one) ? [...one.properties] : [],
  );
  const method = properties.find(({ name }) => name?.getText() === "method");
  return (
    method !== undefined &&
    compiler.isPropertyAssignment(method) &&
    /^["'`](?:POST|PUT|PATCH|DELETE)/i.test(method.initializer.getText())
  );
}

/** `sql`delete from users where …`` */
function isChangingSql(compiler: Syntax, node: ts.Node): boolean {
  const isText = compiler.isStringLiteralLike(node) || compiler.isTemplateHead(node);
  return isText && /^\s*(?:delete\s+from|insert\s+into|update\s|merge\s+into|truncate\s)/i.test(node.text);
}

/** Returns `delete` for `users.delete(id)`. */
export function calledName(compiler: Syntax, callee: ts.Expression): string {
  if (compiler.isPropertyAccessExpression(callee)) return callee.name.text;
  return compiler.isIdentifier(callee) ? callee.text : "";
}
