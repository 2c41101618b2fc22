import type ts from "typescript";
import { oncePerProgram } from "../../context/once-per-program";
import { type CheckContext } from "../../plan/check-context";
import { constructionsOf } from "./constructions";
import { resolveSymbol } from "./resolve-symbol";
import { isOfModule } from "./syntax-ranges";
import { unwrap } from "../../context/wrappers";
import { sourcesOf } from "./variation";
import { isSetUp } from "./set-up";
import { visitNamesOfProgram } from "./names-of-program";

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
    const found = new Map<Token, ts.ObjectLiteralExpression[]>();
    visitNamesOfProgram(context, "provide", "without tests", ({ parent }) => {
      if (!context.ts.isPropertyAssignment(parent)) return;
      const token = tokenOf(context, parent.initializer);
      if (token) found.set(token, [...(found.get(token) ?? []), parent.parent]);
    });
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
  return isValue && !names.includes("scope") && isOfModule(ts, provider);
}

/**
 * Whether `inject(TENANT)` has a value that a function of the program provides for its own caller:
 * `provide(TENANT, tenant)`, `{ provide: TENANT, useValue: tenant }`.
 */
export function isProvidedForCaller(context: CheckContext, value: ts.Expression): boolean {
  const { ts } = context;
  const call = unwrap(ts, value);
  if (!ts.isCallExpression(call) || call.expression.getText() !== "inject") return false;
  const [token] = call.arguments;
  if (!token || !ts.isIdentifier(token)) return false;
  const symbol = resolveSymbol(context, token);
  let isProvided = false;
  visitNamesOfProgram(context, token.text, "without tests", (name) => {
    const given = valueProvided(ts, name);
    if (!given || resolveSymbol(context, name) !== symbol) return;
    isProvided ||= sourcesOf(context, given).size > 0 && !isSetUp(context, given);
  });
  return isProvided;
}

/** `tenant` of `provide(TENANT, tenant)` and of `{ provide: TENANT, useValue: tenant }` */
function valueProvided(compiler: typeof ts, token: ts.Identifier): ts.Expression | null {
  const { parent } = token;
  if (compiler.isCallExpression(parent)) {
    const [first, value] = parent.arguments;
    return first === token ? (value ?? null) : null;
  }
  if (!compiler.isPropertyAssignment(parent) || parent.name.getText() !== "provide") return null;
  const given = parent.parent.properties.find((one) => one.name?.getText() === "useValue");
  return given && compiler.isPropertyAssignment(given) ? given.initializer : null;
}
