import type ts from "typescript";
import { type CheckContext } from "./check";
import { isInvalidateTag, isOperation, visitNames } from "./operation-symbols";
import { patternsOfArgument } from "./tag-patterns";
import { type TextPattern } from "./text-pattern";
import { targetOfExpression } from "./target-of-expression";
import { anyText } from "./text-pattern";

/** Code that ends the entries of a tag. */
export interface Invalidation {
  readonly sourceFile: ts.SourceFile;
  /** The argument; null where the function is handed on, and called with any. */
  readonly argument: ts.Expression | null;
  /** What the tag can be. */
  readonly patterns: readonly TextPattern[];
  /** The cache's name, null for the default one; undefined where it can't be said. */
  readonly cache: string | null | undefined;
}

const known = new WeakMap<ts.Program, readonly Invalidation[]>();

/** All calls of `invalidateTag` in the program, of either kind, in its order. */
export function invalidationsOf(context: CheckContext): readonly Invalidation[] {
  const before = known.get(context.program);
  if (before) return before;
  const files = context.program
    .getSourceFiles()
    .filter((file) => !file.isDeclarationFile && file.text.includes("invalidateTag"));
  const found = files.filter((file) => !isOwn(file)).flatMap((file) => invalidationsIn(context, file));
  known.set(context.program, found);
  return found;
}

/** zcache's own source, where a program compiles it along. */
function isOwn({ text }: ts.SourceFile): boolean {
  return text.includes("interface CallableFunction") || text.includes("export async function invalidateTag(");
}

function invalidationsIn(context: CheckContext, sourceFile: ts.SourceFile): Invalidation[] {
  const { ts } = context;
  const found: Invalidation[] = [];
  visitNames(context, sourceFile, localNames(context, sourceFile), (name) => {
    if (ts.isImportSpecifier(name.parent) || ts.isExportSpecifier(name.parent)) return;
    const access = ts.isPropertyAccessExpression(name.parent) && name.parent.name === name ? name.parent : null;
    const ofFunction = access !== null && isOperation(context, access);
    if (!ofFunction && !isInvalidateTag(context, name)) return;
    const callee = access ?? name;
    const call = ts.isCallExpression(callee.parent) && callee.parent.expression === callee ? callee.parent : null;
    const argument = call?.arguments[0] ?? null;
    const cache = ofFunction
      ? targetOfExpression(context, access.expression)?.plan.options.cache
      : namedCache(context, call);
    found.push({
      sourceFile,
      argument,
      patterns: argument ? patternsOfArgument(context, argument) : [[anyText]],
      cache,
    });
  });
  return found;
}

/** `invalidateTag`, and what an import calls it. */
function localNames({ ts }: CheckContext, sourceFile: ts.SourceFile): ReadonlySet<string> {
  const bindings = sourceFile.statements.flatMap((statement) =>
    ts.isImportDeclaration(statement) ? (statement.importClause?.namedBindings ?? []) : [],
  );
  const specifiers = bindings.flatMap((binding) => (ts.isNamedImports(binding) ? binding.elements : []));
  return new Set([
    "invalidateTag",
    ...specifiers.filter(({ propertyName }) => propertyName?.text === "invalidateTag").map(({ name }) => name.text),
  ]);
}

/** `invalidateTag(tag, { cache: "sessions" })` */
function namedCache({ ts }: CheckContext, call: ts.CallExpression | null): string | null | undefined {
  const options = call?.arguments[1];
  if (!call || call.arguments.some((argument) => ts.isSpreadElement(argument))) return undefined;
  if (!options) return null;
  if (!ts.isObjectLiteralExpression(options)) return undefined;
  const [property] = options.properties;
  if (!property) return null;
  const isName =
    options.properties.length === 1 &&
    ts.isPropertyAssignment(property) &&
    property.name.getText() === "cache" &&
    ts.isStringLiteralLike(property.initializer);
  return isName ? property.initializer.text : undefined;
}
