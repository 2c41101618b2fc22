import type ts from "typescript";
import { walkTree } from "../context/walk-tree";
import { unwrap } from "../context/wrappers";
import { type CheckContext } from "../plan/check-context";
import { awaited, endOfChain, isObserved, isOnlyObserved } from "./code/loader-reads";
import { isWithin } from "./code/origin";
import { isRequest } from "./code/request-types";
import { isPlatform } from "./types/platform-types";
import { type LoaderRuns, type Run } from "./code/runs";
import { functionAround, holderOfBinding } from "./code/variation";

/** What a loader reads of the caller's context: the request, the session, the store of an AsyncLocalStorage. */
export interface ContextRead {
  /** `the AsyncLocalStorage requestContext` */
  readonly what: string;
  /** The functions that lead to it. */
  readonly through: readonly string[];
  readonly node: ts.Node;
  /** `this.request`, where that is what is read: the key may have something of it. */
  readonly path: string | null;
}

/** Functions of packages that answer for the request that is served. */
const packageFunctions: ReadonlyMap<string, RegExp> = new Map([
  ["next/headers", /^(?:cookies|headers|draftMode)$/],
  ["next-auth", /^(?:getServerSession|auth)$/],
  ["next-auth/next", /^getServerSession$/],
  ["@clerk/nextjs/server", /^(?:auth|currentUser)$/],
  ["@sveltejs/kit", /^getRequestEvent$/],
  ["$app/server", /^getRequestEvent$/],
  ["hono/context-storage", /^getContext$/],
  ["@tanstack/react-start/server", /^(?:get(?:Web)?Request|getHeaders?|getCookies?|getSession|useSession)$/],
  ["vinxi/http", /^(?:get(?:Web)?Request|getHeaders?|getCookies?|getEvent|getSession|useSession)$/],
  ["h3", /^useEvent$/],
  ["nuxt/app", /^useRequest(?:Event|Headers?|URL)$/],
  ["#imports", /^use(?:Request(?:Event|Headers?|URL)|Event)$/],
  ["cls-hooked", /^getNamespace$/],
  ["continuation-local-storage", /^getNamespace$/],
  ["express-http-context", /^get$/],
  ["@fastify/request-context", /^(?:requestContext|asyncLocalStorage)$/],
  ["nestjs-request-context", /^RequestContext$/],
]);

/** Objects of packages that do, by default or under a name. */
const packageObjects: ReadonlySet<string> = new Set([
  "express-http-context",
  "@fastify/request-context",
  "nestjs-request-context",
]);

/** Types that hold the context of whoever calls, when nothing of what they do is seen. */
const contextTypes =
  /^(?:Cls(?:Service|Store)?|(?:Async|Http|Request|Tenant|User|Session)Context(?:Service|Provider|Holder|Store|Storage|Accessor)?)$/;

/** Members of such a type that read it. */
const readers = /^(?:get|has|is|current|tenant|user|session|request|locale|store|value|id$)/i;

const mentionsContext = new WeakMap<ts.SourceFile, boolean>();

const words =
  /getStore|Cls(?:Service|Store)?\b|\bREQUEST\b|Request|Session|Context|next\/headers|getNamespace|http-context|getContext|@clerk/;

/** Where no file of the program has a word of these, there is nothing to follow calls for. */
export function mayReadContext({ program }: CheckContext): boolean {
  return program.getSourceFiles().some((file) => {
    if (file.isDeclarationFile) return false;
    const known = mentionsContext.get(file);
    if (known !== undefined) return known;
    const found = words.test(file.text);
    mentionsContext.set(file, found);
    return found;
  });
}

/** Each source of context once, with the shortest way to it. */
export function contextReadsOf(context: CheckContext, { runs }: LoaderRuns): ReadonlyMap<string, ContextRead> {
  const found = new Map<string, ContextRead>();
  for (const run of runs)
    for (const direct of readsIn(context, run))
      if (!found.has(direct.what)) found.set(direct.what, { ...direct, through: run.through });
  return found;
}

type Direct = Omit<ContextRead, "through">;

const known = new WeakMap<ts.TypeChecker, WeakMap<ts.Node, readonly Direct[]>>();

/** What a function itself reads. A parameter's default has no part in it: what it gives is an argument. */
function readsIn(context: CheckContext, { body: { body }, through }: Run): readonly Direct[] {
  if (!body) return [];
  const ofChecker = known.get(context.checker) ?? new WeakMap<ts.Node, readonly Direct[]>();
  known.set(context.checker, ofChecker);
  let found = ofChecker.get(body);
  if (!found) ofChecker.set(body, (found = findReads(context, body, through.length === 0)));
  return found;
}

function findReads(context: CheckContext, body: ts.Node, isLoader: boolean): readonly Direct[] {
  const { ts } = context;
  const found: Direct[] = [];
  walkTree(ts, body, (node) => {
    if (ts.isTypeNode(node)) return "skip";
    const path = isLoader && isRequestRead(context, node, body) ? node.getText() : null;
    const what = path === null ? (callRead(context, node) ?? memberRead(context, node)) : `the request ${path}`;
    if (what !== null && !isObserved(ts, node) && !isOnlyObserved(ts, node, body) && !isUnused(ts, node))
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
    if (callee.name.text === "getStore" && isPlatform(context, checker.getSymbolAtLocation(callee.name)))
      return `the AsyncLocalStorage ${callee.expression.getText()}`;
    const holder = unwrap(ts, callee.expression);
    if (!ts.isIdentifier(holder)) return null;
    const source = importOf(context, holder);
    if (!source) return null;
    const isObject = packageObjects.has(source.from) && readers.test(callee.name.text);
    const isNamespace = source.name === "*" && packageFunctions.get(source.from)?.test(callee.name.text) === true;
    return isObject || isNamespace ? `the request by ${callee.getText()} of ${source.from}` : null;
  }
  if (!ts.isIdentifier(callee)) return null;
  const source = importOf(context, callee);
  const isReader = source !== null && packageFunctions.get(source.from)?.test(source.name) === true;
  return isReader ? `the request by ${callee.text} of ${source.from}` : null;
}

/** `this.cls.get("tenant")`, where nothing of what it does can be seen. */
function memberRead({ ts, checker }: CheckContext, node: ts.Node): string | null {
  if (!ts.isPropertyAccessExpression(node) || !readers.test(node.name.text)) return null;
  const owner = checker.getTypeAtLocation(node.expression).getSymbol();
  if (!owner || !contextTypes.test(owner.name)) return null;
  const declarations = checker.getSymbolAtLocation(node.name)?.declarations ?? [];
  const isSeen = declarations.some(
    (one) => (one as { body?: ts.Node; initializer?: ts.Node }).body ?? (one as { initializer?: ts.Node }).initializer,
  );
  return isSeen ? null : `the ${owner.name} ${node.expression.getText()}`;
}

/** `this.request`, or `req` of the function around. One that is the loader's own parameter is an argument. */
function isRequestRead(context: CheckContext, node: ts.Node, body: ts.Node): boolean {
  const { ts, checker } = context;
  const isField = ts.isPropertyAccessExpression(node) && node.expression.kind === ts.SyntaxKind.ThisKeyword;
  const isName = ts.isIdentifier(node) && !(ts.isPropertyAccessExpression(node.parent) && node.parent.name === node);
  if (!isField && !(isName && /^(?:req|request|session|c|ctx|context|event)$/.test(node.text))) return false;
  const declaration = checker.getSymbolAtLocation(isField ? node.name : node)?.valueDeclaration;
  if (!declaration || isWithin(declaration, body.parent)) return false;
  if (!isField && !(ts.isParameter(holderOfBinding(ts, declaration)) && functionAround(ts, declaration))) return false;
  const decorators = ts.canHaveDecorators(declaration) ? (ts.getDecorators(declaration) ?? []) : [];
  if (decorators.some((one) => /^@Inject\(\s*REQUEST\b/.test(one.getText()))) return true;
  return isRequest(context, checker.getTypeAtLocation(node));
}

interface Import {
  readonly from: string;
  /** As the package calls it; `*` where it is the module. */
  readonly name: string;
}

function importOf({ ts, checker }: CheckContext, name: ts.Identifier): Import | null {
  const [declaration] = checker.getSymbolAtLocation(name)?.declarations ?? [];
  if (!declaration) return null;
  const clause = ts.findAncestor(declaration, (outer) => ts.isImportDeclaration(outer));
  if (!clause || !ts.isImportDeclaration(clause) || !ts.isStringLiteral(clause.moduleSpecifier)) return null;
  const from = clause.moduleSpecifier.text;
  if (ts.isImportSpecifier(declaration)) return { from, name: (declaration.propertyName ?? declaration.name).text };
  return { from, name: "*" };
}

/** A statement of its own: nothing comes of it. */
function isUnused(compiler: typeof ts, node: ts.Node): boolean {
  const end = endOfChain(compiler, node);
  return compiler.isExpressionStatement(end.parent) && awaited(compiler, end.parent.expression) === end;
}
