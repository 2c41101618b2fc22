import type ts from "typescript";
import { type Syntax } from "../context/syntax";
import { type FileContext } from "../context/file-context";
import { type TargetNode } from "./target-node";
import { overloadsOf } from "./overloads";

/**
 * Explains why the result is not the promise that callers expect, as a sentence without its end, or
 * returns null if it is. A cached function returns the language's own promise, whatever its loader
 * returns. If no type is written the checker is asked, and without a checker the function is
 * believed.
 */
export function resultThatIsNoPromise(context: FileContext, node: TargetNode): string | null {
  const { ts } = context;
  const isAsync = (ts.getCombinedModifierFlags(node) & ts.ModifierFlags.Async) !== 0;
  const overloads = overloadsOf(ts, node);
  // Callers see the overloads.
  const seen = overloads.length > 0 ? overloads : isAsync ? [] : [node];
  for (const signature of seen) {
    const what = otherResult(context, signature);
    if (what !== null) return overloads.length > 0 ? `an overload of it ${what}` : `it ${what}`;
  }
  return null;
}

/** Continues a sentence: `load …` */
function otherResult(context: FileContext, node: ts.SignatureDeclaration): string | null {
  const { ts, checker } = context;
  const { type } = node;
  if (type?.kind === ts.SyntaxKind.AnyKeyword) return ofAny;
  if (type && namesPromise(ts, type)) return declaresPromise(context) ? ofOther : null;
  if (!checker) return !type || ts.isTypeReferenceNode(type) ? null : notOne;
  const signature = checker.getSignatureFromDeclaration(node);
  const returned = signature && checker.getReturnTypeOfSignature(signature);
  return returned ? otherType(context, returned) : null;
}

const notOne = "does not return a promise, and a cached function does";
const ofAny = 'returns "any", which need not be a promise, and a cached function returns one';
const ofOther =
  "returns a Promise that is not the language's own, which is what a cached function returns";

function otherType(context: FileContext, type: ts.Type): string | null {
  const { ts, program } = context;
  if (type.flags & ts.TypeFlags.Any) return ofAny;
  if (type.isUnion())
    return type.types.map((one) => otherType(context, one)).find((what) => what !== null) ?? null;
  const symbol = type.getSymbol();
  if (!symbol || !/^Promise(Like)?$/.test(symbol.name)) return notOne;
  const isOfLanguage = symbol.declarations?.some((one) =>
    program?.isSourceFileDefaultLibrary(one.getSourceFile()),
  );
  return isOfLanguage ? null : ofOther;
}

/**
 * Whether the type is written as `Promise<User>`, `PromiseLike<User>` or `Promise<User> |
 * Promise<null>`.
 */
function namesPromise(compiler: Syntax, type: ts.TypeNode): boolean {
  if (compiler.isUnionTypeNode(type)) return type.types.every((one) => namesPromise(compiler, one));
  return (
    compiler.isTypeReferenceNode(type) &&
    compiler.isIdentifier(type.typeName) &&
    /^Promise(Like)?$/.test(type.typeName.text)
  );
}

/**
 * Whether the file has its own `Promise`: `import Promise from "bluebird"`, `const Promise =
 * require("bluebird")`, `class Promise { … }`.
 */
function declaresPromise({ ts, sourceFile }: FileContext): boolean {
  return sourceFile.statements.some((statement) =>
    declaredNames(ts, statement).includes("Promise"),
  );
}

function declaredNames(compiler: Syntax, statement: ts.Statement): readonly string[] {
  if (compiler.isImportDeclaration(statement)) {
    const { name, namedBindings } = statement.importClause ?? {};
    const named = !namedBindings
      ? []
      : compiler.isNamedImports(namedBindings)
        ? namedBindings.elements.map((element) => element.name)
        : [namedBindings.name];
    return [...(name ? [name] : []), ...named].map(({ text }) => text);
  }
  if (compiler.isVariableStatement(statement))
    return statement.declarationList.declarations.flatMap(({ name }) =>
      compiler.isIdentifier(name) ? name.text : [],
    );
  const { name } = statement as { readonly name?: ts.Node };
  return name && compiler.isIdentifier(name) ? [name.text] : [];
}
