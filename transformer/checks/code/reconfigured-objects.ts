import type ts from "typescript";
import { oncePerProgram } from "../../context/once-per-program";
import { unwrap } from "../../context/wrappers";
import { type CheckContext } from "../../plan/check-context";
import { isPlatform } from "../types/platform-types";
import { isPrimitive } from "../types/value-types";
import { type Assignment } from "./assignments";
import { isUnused } from "./observation";
import { type Read } from "./reachable-code";
import { isPlainData } from "./receiver-reads";
import { resolveSymbol } from "./resolve-symbol";
import { isSetUp } from "./set-up";
import { functionAround, isOfModule, isWithin } from "./syntax-ranges";
import { isTuning } from "./tuning";
import { sourcesOf } from "./variation";
import { writeInto } from "./writes-into";
import { visitNamesOfProgram } from "./names-of-program";

/**
 * Whether a function of the program changes an object of a library for its own caller, and the
 * loader asks that object: `http.defaults.headers.authorization = token`,
 * `translator.setLocale(locale)`. What the program's own classes do with such a value is followed
 * in their code.
 */
export function isReconfigured(
  context: CheckContext,
  variable: ts.Symbol,
  { node }: Read,
  loader: ts.Node,
): boolean {
  const { ts } = context;
  if (!isOfLibrary(context, variable) || isUnused(ts, node)) return false;
  return changesOf(context, variable, firstName(ts, node)).some(
    (change) => !isWithin(change.node, loader),
  );
}

/** Whether it is an object whose code can't be seen, in a variable of a module or of a package. */
function isOfLibrary(context: CheckContext, variable: ts.Symbol): boolean {
  const { ts, checker } = context;
  const declaration = variable.valueDeclaration;
  if (!declaration || isPlatform(context, variable)) return false;
  if (declaration.getSourceFile().isDeclarationFile) return true;
  if (!ts.isVariableDeclaration(declaration) || !isOfModule(ts, declaration)) return false;
  const { initializer } = declaration;
  if (initializer && ts.isObjectLiteralExpression(unwrap(ts, initializer))) return false;
  const type = checker.getTypeOfSymbol(variable);
  const owner = type.getSymbol()?.valueDeclaration;
  if (!owner) return !isPlatform(context, type.getSymbol());
  const isAmbient = owner.getSourceFile().isDeclarationFile || isDeclared(ts, owner);
  return (!ts.isClassLike(owner) || isAmbient) && !isPlatform(context, type.getSymbol());
}

function isDeclared(compiler: typeof ts, node: ts.Declaration): boolean {
  return (compiler.getCombinedModifierFlags(node) & compiler.ModifierFlags.Ambient) !== 0;
}

const known = oncePerProgram(() => new Map<ts.Symbol, Map<string, readonly Assignment[]>>());

/** Returns the changes by that name, which an import may have chosen. */
function changesOf(
  context: CheckContext,
  variable: ts.Symbol,
  name: string,
): readonly Assignment[] {
  const ofProgram = known(context);
  const ofVariable = ofProgram.get(variable) ?? new Map<string, readonly Assignment[]>();
  ofProgram.set(variable, ofVariable);
  const found = ofVariable.get(name) ?? findChanges(context, variable, name);
  ofVariable.set(name, found);
  return found;
}

function findChanges(
  context: CheckContext,
  variable: ts.Symbol,
  name: string,
): readonly Assignment[] {
  const found: Assignment[] = [];
  visitNamesOfProgram(context, name, "without tests", (place) => {
    const change = writeInto(context.ts, place);
    if (!change || !isOfCaller(context, change)) return;
    if (resolveSymbol(context, place) === variable) found.push(change);
  });
  return found;
}

/** Whether a function passes on what its own caller gave it. A mere setting does not count. */
function isOfCaller(
  context: CheckContext,
  { node, value }: { readonly node: ts.Node; readonly value: ts.Expression },
): boolean {
  const { ts, checker } = context;
  // A value that is kept under a name in a store is a row of it.
  if (ts.isCallExpression(node) && node.expression.getText().endsWith(".set")) return false;
  if (ts.isBinaryExpression(node) && isTuning(node.left.getText())) return false;
  if (functionAround(ts, node) === null || isSetUp(context, node)) return false;
  const type = checker.getTypeAtLocation(value);
  const isFlag = isPrimitive(context, type) && (type.flags & ts.TypeFlags.BooleanLike) !== 0;
  return !isFlag && isPlainData(context, type) && sourcesOf(context, value).size > 0;
}

/** `i18n` of `i18n.t` */
function firstName(compiler: typeof ts, node: ts.Node): string {
  let first = node;
  while (compiler.isPropertyAccessExpression(first) || compiler.isElementAccessExpression(first))
    first = unwrap(compiler, first.expression);
  return first.getText();
}
