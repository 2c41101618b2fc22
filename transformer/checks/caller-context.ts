import type ts from "typescript";
import { oncePerProgram } from "../context/once-per-program";
import { walkTree } from "../context/walk-tree";
import { unwrap } from "../context/wrappers";
import { type CheckContext } from "../plan/check-context";
import { codeOf } from "./code/loader-reads";
import { isObserved, isOnlyObserved, isUnused } from "./code/observation";
import { resolveSymbol } from "./code/resolve-symbol";
import { variableAt } from "./code/origin";
import { functionAround, holderOfBinding, isWithin } from "./code/syntax-ranges";
import { isOwnStorage } from "./code/own-storage";
import { isRequest } from "./code/request-types";
import { isPlatform } from "./types/platform-types";
import { type Reachable, type Read, type Invocation } from "./code/reachable-code";
import {
  contextObjects,
  contextTypes,
  namespacePackages,
  packageFunctions,
  packageMethods,
  packageObjects,
  readers,
} from "./code/context-packages";
import { importBehind, importOf } from "./code/import-behind";

/**
 * Finds what a loader reads from the caller's context: the request, the session, or the store of an
 * AsyncLocalStorage.
 */
export interface ContextRead {
  /** `the AsyncLocalStorage requestContext` */
  readonly what: string;
  /** The functions that lead to it. */
  readonly through: readonly string[];
  readonly node: ts.Node;
  /** `this.request` if that is what is read, because the key may contain a part of it. */
  readonly path: string | null;
}

const mentionsContext = new WeakMap<ts.SourceFile, boolean>();

const words =
  /getStore|Cls(?:Service|Store)?\b|Namespace|@sentry|@opentelemetry|next-intl|next-auth|useEvent|\bREQUEST\b|Request|Session|Context|next\/headers|getNamespace|http-context|getContext|@clerk|executionAsync|Zone\.current|\bdomain\b/;

/**
 * Whether calls have to be followed. If no file of the program has one of these words, they don't.
 * The editor makes many programs of the same files, so that the answer for a file is kept too.
 */
export const mayReadContext = oncePerProgram(({ program }: CheckContext): boolean =>
  program.getSourceFiles().some((file) => {
    if (file.isDeclarationFile) return false;
    const known = mentionsContext.get(file);
    if (known !== undefined) return known;
    const found = words.test(file.text);
    mentionsContext.set(file, found);
    return found;
  }),
);

/** Returns each source of context once, with the shortest way to it. */
export function contextReadsOf(
  context: CheckContext,
  { invocations, reads }: Reachable,
): ReadonlyMap<string, ContextRead> {
  const found = new Map<string, ContextRead>();
  const add = (direct: Direct, { through }: Invocation): void => {
    const before = found.get(direct.what);
    if (!before || before.through.length > through.length)
      found.set(direct.what, { ...direct, through });
  };
  const stores = reads.filter((read) => isStoreRead(context, read));
  const seen = new Set(stores.map(({ node }) => node));
  for (const read of stores)
    add({ what: storageOf(read), node: read.node, path: null }, read.invocation);
  for (const invocation of invocations)
    for (const direct of readsIn(context, invocation))
      // Values that have been followed to their origin are known by it.
      if (!seen.has(calleeOf(context, direct.node))) add(direct, invocation);
  return found;
}

/**
 * `requests.getStore`, however it is written: `requests["getStore"]`, `const { getStore } =
 * requests`.
 */
function isStoreRead(context: CheckContext, { origin, node, invocation }: Read): boolean {
  const { ts } = context;
  const { steps } = origin;
  const at = steps.findIndex(
    ({ name, symbol }) => name === "getStore" && isPlatform(context, symbol),
  );
  if (at < 0 || isOnlyObserved(ts, node, invocation.body) || isUnused(ts, node)) return false;
  const storage = at > 0 ? steps[at - 1]?.symbol : variableAt(origin);
  return !storage || !isOwnStorage(context, storage);
}

/** Returns the name of the storage: `this.requests` for `this.requests.getStore`. */
function storageOf({ origin: { root, steps } }: Read): string {
  const holder = root === "receiver" ? "this" : "made" in root ? root.made.getText() : root.name;
  const names = steps
    .slice(
      0,
      steps.findIndex(({ name }) => name === "getStore"),
    )
    .map(({ name }) => name);
  // `AsyncLocalStorage.prototype.getStore.call(requests)`
  if (names.includes("prototype")) return "an AsyncLocalStorage";
  return `the AsyncLocalStorage ${[holder, ...names].join(".")}`;
}

function calleeOf({ ts }: CheckContext, node: ts.Node): ts.Node {
  return ts.isCallExpression(node) ? unwrap(ts, node.expression) : node;
}

type Direct = Omit<ContextRead, "through">;

const known = oncePerProgram(() => new WeakMap<ts.Node, readonly Direct[]>());

/**
 * Returns what a function itself reads. Defaults of parameters don't count, because their value is
 * an argument.
 */
function readsIn(context: CheckContext, { body: code, through }: Invocation): readonly Direct[] {
  const body = codeOf(code);
  if (!body) return [];
  const ofProgram = known(context);
  let found = ofProgram.get(body);
  if (!found) ofProgram.set(body, (found = findReads(context, body, through.length === 0)));
  return found;
}

function findReads(context: CheckContext, body: ts.Node, isLoader: boolean): readonly Direct[] {
  const { ts } = context;
  const found: Direct[] = [];
  walkTree(ts, body, (node) => {
    if (ts.isTypeNode(node)) return "skip";
    const request = isRequestRead(context, node, body, isLoader) ? node.getText() : null;
    const path = isLoader ? request : null;
    const what =
      request === null
        ? (callRead(context, node) ?? memberRead(context, node))
        : `the request ${request}`;
    if (
      what !== null &&
      !isObserved(ts, node) &&
      !isOnlyObserved(ts, node, body) &&
      !isUnused(ts, node)
    )
      found.push({ what, node, path });
    return undefined;
  });
  return found;
}

/** `requests.getStore()`, `headers()`, `httpContext.get("user")` */
function callRead(context: CheckContext, node: ts.Node): string | null {
  const { ts, checker } = context;
  if (!ts.isCallExpression(node)) return null;
  const callee = unwrap(ts, node.expression);
  if (ts.isPropertyAccessExpression(callee)) {
    if (
      callee.name.text === "getStore" &&
      isPlatform(context, checker.getSymbolAtLocation(callee.name))
    ) {
      const { expression } = callee;
      const storage = resolveSymbol(
        context,
        ts.isPropertyAccessExpression(expression) ? expression.name : expression,
      );
      return storage && isOwnStorage(context, storage)
        ? null
        : `the AsyncLocalStorage ${expression.getText()}`;
    }
    const holder = unwrap(ts, callee.expression);
    const origin = importBehind(context, holder);
    if (
      origin &&
      packageMethods.some(({ from, name }) => from.test(origin.from) && name.test(callee.name.text))
    )
      return `the request by ${callee.getText()} of ${origin.from}`;
    if (!ts.isIdentifier(holder)) return null;
    const source = importOf(context, holder);
    if (!source) return null;
    const isObject = packageObjects.has(source.from) && readers.test(callee.name.text);
    const isNamespace =
      source.name === "*" && packageFunctions.get(source.from)?.test(callee.name.text) === true;
    return isObject || isNamespace ? `the request by ${callee.getText()} of ${source.from}` : null;
  }
  if (!ts.isIdentifier(callee)) return null;
  const source = importOf(context, callee);
  const isReader = source !== null && packageFunctions.get(source.from)?.test(source.name) === true;
  if (isReader) return `the request by ${callee.text} of ${source.from}`;
  return isNextAuth(context, callee) ? `the request by ${callee.text} of next-auth` : null;
}

/** `auth` of `const { auth, handlers } = NextAuth({ … })`, wherever the program keeps that. */
function isNextAuth(context: CheckContext, callee: ts.Identifier): boolean {
  const { ts } = context;
  const declaration = resolveSymbol(context, callee)?.valueDeclaration;
  if (!declaration || !ts.isBindingElement(declaration)) return false;
  const made = holderOfBinding(ts, declaration);
  const name = (declaration.propertyName ?? declaration.name).getText();
  const value =
    ts.isVariableDeclaration(made) && made.initializer ? unwrap(ts, made.initializer) : null;
  if (
    name !== "auth" ||
    !value ||
    !ts.isCallExpression(value) ||
    !ts.isIdentifier(value.expression)
  )
    return false;
  return importOf(context, value.expression)?.from === "next-auth";
}

/**
 * Recognises `this.cls.get("tenant")` and `this.cls["get"]("tenant")`, if the code of the method
 * can't be seen.
 */
function memberRead({ ts, checker }: CheckContext, node: ts.Node): string | null {
  if (!ts.isPropertyAccessExpression(node) && !ts.isElementAccessExpression(node)) return null;
  const name = ts.isPropertyAccessExpression(node) ? node.name : node.argumentExpression;
  const text = ts.isIdentifier(name) || ts.isStringLiteralLike(name) ? name.text : "";
  if (/^(?:current|domain|active)$/.test(text)) {
    const object = textWithoutAssertions(ts, node);
    if (contextObjects.test(object)) return `the context ${object}`;
  }
  // The name is checked before the type, which takes a hundred times as long.
  if (!readers.test(text) && text !== "active") return null;
  const owner = checker.getNonNullableType(checker.getTypeAtLocation(node.expression)).getSymbol();
  if (!owner) return null;
  const [from] = owner.name === "Namespace" ? (owner.declarations ?? []) : [];
  const module =
    from &&
    ts.findAncestor(
      from,
      (outer) => ts.isModuleDeclaration(outer) && ts.isStringLiteral(outer.name),
    );
  const isNamespace =
    from !== undefined &&
    namespacePackages.test(
      (module as ts.ModuleDeclaration | undefined)?.name.text ?? from.getSourceFile().fileName,
    );
  if (
    !(isNamespace
      ? /^(?:get|active)$/.test(text)
      : contextTypes.test(owner.name) && readers.test(text))
  )
    return null;
  const declarations = checker.getSymbolAtLocation(name)?.declarations ?? [];
  const isSeen = declarations.some(
    (one) =>
      (one as { body?: ts.Node; initializer?: ts.Node }).body ??
      (one as { initializer?: ts.Node }).initializer,
  );
  return isSeen ? null : `the ${owner.name} ${node.expression.getText()}`;
}

/**
 * Recognises `this.request`, or `req` of an enclosing function. The loader's own parameter is an
 * argument. In other code, only a request that a container injects is certain to be the caller's.
 */
function isRequestRead(
  context: CheckContext,
  node: ts.Node,
  body: ts.Node,
  isLoader: boolean,
): boolean {
  const { ts, checker } = context;
  const isField =
    ts.isPropertyAccessExpression(node) && node.expression.kind === ts.SyntaxKind.ThisKeyword;
  const isName =
    isLoader &&
    ts.isIdentifier(node) &&
    !(ts.isPropertyAccessExpression(node.parent) && node.parent.name === node);
  if (!isField && !(isName && /^(?:req|request|session|c|ctx|context|event)$/.test(node.text)))
    return false;
  const declaration = checker.getSymbolAtLocation(isField ? node.name : node)?.valueDeclaration;
  if (!declaration || isWithin(declaration, body.parent)) return false;
  if (
    !isField &&
    !(ts.isParameter(holderOfBinding(ts, declaration)) && functionAround(ts, declaration))
  )
    return false;
  const decorators = ts.canHaveDecorators(declaration) ? (ts.getDecorators(declaration) ?? []) : [];
  if (decorators.some((one) => /^@Inject\(\s*REQUEST\b/.test(one.getText()))) return true;
  return isLoader && isRequest(context, checker.getTypeAtLocation(node));
}

/** `process.domain` for `(process as unknown as Scoped).domain` */
function textWithoutAssertions(
  compiler: typeof ts,
  node: ts.PropertyAccessExpression | ts.ElementAccessExpression,
): string {
  const name = compiler.isPropertyAccessExpression(node) ? node.name : node.argumentExpression;
  return `${unwrap(compiler, node.expression).getText()}.${name.getText().replaceAll(/["']/g, "")}`;
}
