import type ts from "typescript";
import { type CheckContext } from "../../plan/check-context";

/**
 * Recognises `config.get("API_URL")`, `configService.mail`: a settings service answers the same to
 * every caller.
 */
export function isSetting({ ts, checker }: CheckContext, node: ts.Node): boolean {
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
