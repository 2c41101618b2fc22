import type ts from "typescript";
import { oncePerProgram } from "../../context/once-per-program";
import { mayName, visitNames } from "../../context/word-places";
import { type CheckContext } from "../../plan/check-context";
import { constructionsOf, testFile } from "./constructions";
import { resolveSymbol } from "./resolve-symbol";
import { functionAround, loopAround } from "./syntax-ranges";

/**
 * Whether a container of services gives a constructor's parameter the same value each time:
 * `@Inject(PREFIX) prefix`, where the program provides one value under `PREFIX`, for no scope of a
 * request.
 */
export function isProvidedOnce(context: CheckContext, declaration: ts.Declaration): boolean {
  const { ts } = context;
  if (!ts.isParameter(declaration) || !ts.isConstructorDeclaration(declaration.parent))
    return false;
  const token = injectedToken(context, declaration);
  if (!token || constructionsOf(context, declaration.parent.parent).length > 0) return false;
  const [provider, ...others] = providersByToken(context).get(token) ?? [];
  return provider !== undefined && others.length === 0 && isOfProcess(context, provider);
}

/** `PREFIX` of `@Inject(PREFIX)` */
function injectedToken(context: CheckContext, parameter: ts.ParameterDeclaration): Token | null {
  const { ts } = context;
  for (const { expression } of ts.getDecorators(parameter) ?? [])
    if (
      ts.isCallExpression(expression) &&
      expression.expression.getText() === "Inject" &&
      expression.arguments[0]
    )
      return tokenOf(context, expression.arguments[0]);
  return null;
}

/** The text of a token, or the declaration of what it is the name of. */
type Token = string | ts.Node;

function tokenOf(context: CheckContext, expression: ts.Expression): Token | null {
  const { ts, checker } = context;
  const type = checker.getTypeAtLocation(expression);
  if (type.isStringLiteral()) return type.value;
  if (!ts.isIdentifier(expression) && !ts.isPropertyAccessExpression(expression)) return null;
  return resolveSymbol(context, expression)?.valueDeclaration ?? null;
}

const providersByToken = oncePerProgram(
  (context: CheckContext): ReadonlyMap<Token, ts.ObjectLiteralExpression[]> => {
    const { ts, program } = context;
    const found = new Map<Token, ts.ObjectLiteralExpression[]>();
    for (const file of program.getSourceFiles()) {
      if (file.isDeclarationFile || testFile.test(file.fileName) || !mayName(file, "provide"))
        continue;
      visitNames(ts, file, new Set(["provide"]), ({ parent }) => {
        if (!ts.isPropertyAssignment(parent)) return;
        const token = tokenOf(context, parent.initializer);
        if (token) found.set(token, [...(found.get(token) ?? []), parent.parent]);
      });
    }
    return found;
  },
);

/**
 * Whether the provider makes one value for the process. What it takes of other providers may be
 * made for a request.
 */
function isOfProcess({ ts }: CheckContext, provider: ts.ObjectLiteralExpression): boolean {
  const names = provider.properties.map(({ name }) => name?.getText() ?? "");
  const isValue =
    names.includes("useValue") || (names.includes("useFactory") && !names.includes("inject"));
  return (
    isValue &&
    !names.includes("scope") &&
    !functionAround(ts, provider) &&
    !loopAround(ts, provider)
  );
}
