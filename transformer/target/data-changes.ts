import type ts from "typescript";
import { type Syntax } from "../context/syntax";
import { someNode, walkTree } from "../context/walk-tree";

/**
 * Whether the function changes data somewhere, as far as its own text and the functions of the same
 * file that it calls show.
 */
export function changesDataIn(compiler: Syntax, node: ts.FunctionLikeDeclaration): boolean {
  if (!fileOf(compiler, node).isTelling) return false;
  const reached = new Set([node]);
  for (const { body } of reached) {
    if (!body) continue;
    if (
      telling.test(body.getText()) &&
      someNode(compiler, body, (inner) => changesData(compiler, inner))
    )
      return true;
    walkTree(compiler, body, (inner) => {
      const called = compiler.isCallExpression(inner)
        ? calledInFile(compiler, inner.expression)
        : undefined;
      if (called) reached.add(called);
    });
  }
  return false;
}

/**
 * Returns the function of the file that `name(…)` or `this.name(…)` calls, found by its name alone.
 */
function calledInFile(
  compiler: Syntax,
  callee: ts.Expression,
): ts.FunctionLikeDeclaration | undefined {
  const isOwn =
    compiler.isPropertyAccessExpression(callee) &&
    callee.expression.kind === compiler.SyntaxKind.ThisKeyword;
  return compiler.isIdentifier(callee) || isOwn
    ? fileOf(compiler, callee).functions.get(calledName(compiler, callee))
    : undefined;
}

interface KnownFile {
  readonly file: ts.SourceFile;
  /** Whether any of its functions could change data. */
  readonly isTelling: boolean;
  /** The functions at the top of the file, and the methods of its classes. */
  readonly functions: ReadonlyMap<string, ts.FunctionLikeDeclaration>;
}

/**
 * The file that was asked for last, because its functions are asked for one after the other. In a
 * WeakMap of all files the nodes would keep their trees in memory until the whole heap is
 * collected.
 */
let last: KnownFile | null = null;

function fileOf(compiler: Syntax, node: ts.Node): KnownFile {
  const file = node.getSourceFile();
  if (last?.file === file) return last;
  const isTelling = telling.test(file.text);
  const functions = new Map(
    isTelling ? file.statements.flatMap((one) => declaredIn(compiler, one)) : [],
  );
  return (last = { file, isTelling, functions });
}

function declaredIn(compiler: Syntax, statement: ts.Node): [string, ts.FunctionLikeDeclaration][] {
  const members = compiler.isClassLike(statement)
    ? [...statement.members]
    : compiler.isVariableStatement(statement)
      ? [...statement.declarationList.declarations]
      : [statement];
  return members.flatMap((one) => {
    const { name, initializer } = one as ts.VariableDeclaration;
    const value = initializer ?? one;
    const isFunction =
      compiler.isFunctionDeclaration(value) ||
      compiler.isMethodDeclaration(value) ||
      compiler.isArrowFunction(value) ||
      compiler.isFunctionExpression(value);
    return name && isFunction ? [[name.getText(), value]] : [];
  });
}

/** Most bodies have none of the words below, and needn't be walked. */
const telling =
  /del|destroy|remove|drop|update|upsert|insert|save|incr|decr|consume|send|publish|emit|create|limit|method|merge|truncate|write|append|unlink|mkdir|push|add|set/i;

/**
 * Whether the node changes data somewhere, as far as its text shows. The effect of a function with
 * another name can't be seen, and a function with such a name may be called only for its answer:
 * `if ((await users.delete(id)) === 0) throw …`.
 */
export function changesData(compiler: Syntax, node: ts.Node): boolean {
  if (compiler.isCallExpression(node))
    return (
      changing.test(calledName(compiler, node.expression)) ||
      isCounted(node) ||
      isSending(compiler, node)
    );
  return isChangingSql(compiler, node);
}

/** Verbs that begin the names of functions that change something, and commands of Redis. */
const changing =
  /^(?:del|delete|destroy|remove|drop|update|upsert|insert|save|increment|decrement|consume|send|publish|emit|write|append|unlink|mkdir)(?![a-z])|^create$|^[hz]?(?:[iI]ncr|decr)(?:[bB]y(?:[fF]loat)?)?$|^(?:[lr][pP]ush|[sxz][aA]dd|h[sS]et|p?[sS]et[eE]x)$/;

/** Recognises `limiter.check(ip)`, where the call itself is counted. */
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
  return (
    isText &&
    /^\s*(?:delete\s+from|insert\s+into|update\s|merge\s+into|truncate\s)/i.test(node.text)
  );
}

/** Returns `delete` for `users.delete(id)`. */
export function calledName(compiler: Syntax, callee: ts.Expression): string {
  if (compiler.isPropertyAccessExpression(callee)) return callee.name.text;
  return compiler.isIdentifier(callee) ? callee.text : "";
}
