import type ts from "typescript";
import { classNameMember } from "../../runtime/plan";
import { type EmittedFile, type Planned } from "./emitted-file";
import { type FileContext } from "../context/file-context";
import { usesSuper } from "../target/mentions";
import { holderOf, nameFromPlace, nameText } from "../target/target-names";
import { visitNames } from "../context/word-places";
import { pure, pureMark } from "./pure-call";

/**
 * Writes the code for each form of function, as text that contains nodes of the source, each once
 * and in the order of the source. The caller puts these pieces in the place of a node, either into
 * the text of the file (`text/`) or as nodes (`rewrite-*`).
 */
export type Pieces = readonly (string | ts.Node)[];

export interface FunctionExpressionForm {
  readonly pieces: Pieces;
  /** The function loses its own name. */
  readonly anonymous: boolean;
}

/**
 * `async (id) => …` → `zc.wrap(load_plan, { load: async (id) => … })`
 *
 * A function gets its name from what it is assigned to. As the argument of a call it would lose
 * that name, so it becomes the one property, of that name, of an object. Reading the property is
 * left to the runtime, because bundlers keep what reads a property even if nobody uses the result.
 *
 * `async function self(id) { … self(id - 1) … }` → `(self => self = zc.wrap(load_plan, { self:
 * async function (id) { … } }))()`
 *
 * Inside a function expression, its own name refers to what callers hold, the cached function.
 */
export function functionExpressionForm(
  emission: EmittedFile,
  node: ts.ArrowFunction | ts.FunctionExpression,
  planned: Planned,
): FunctionExpressionForm {
  const { ts } = emission.context;
  const target = planned.target.node as typeof node;
  const name = ts.isFunctionExpression(node) ? node.name?.text : undefined;
  if (name === undefined) {
    const placeName = nameFromPlace(emission.context, target);
    const loader = placeName === null ? [node] : [`{ ${keyText(placeName)}: `, node, " }"];
    return {
      pieces: pure(emission.context, target, wrapped(emission, planned, loader)),
      anonymous: false,
    };
  }
  if (!mentionsItself(emission, planned, name))
    return {
      pieces: pure(emission.context, target, wrapped(emission, planned, [node])),
      anonymous: false,
    };
  const loader = wrapped(emission, planned, [`{ ${keyText(name)}: `, node, " }"]);
  const pieces = [`(${name} => ${name} = `, ...loader, ")()"];
  return { pieces: pure(emission.context, target, pieces), anonymous: true };
}

/**
 * Whether the name occurs in the function. It may be another variable or a property of that name,
 * because binding the name once more does no harm.
 */
function mentionsItself(
  { context: { ts } }: EmittedFile,
  { target }: Planned,
  name: string,
): boolean {
  let count = 0;
  visitNames(ts, target.node, new Set([name]), () => count++);
  return count > 1;
}

/**
 * Writes `zc.wrap(load_plan, loader)` or, where the key depends on the `this` of an arrow function,
 * which no call can give, `zc.wrap(load_plan, loader, void 0, this)`.
 */
function wrapped(
  emission: EmittedFile,
  { planName, plan, target }: Planned,
  loader: Pieces,
): Pieces {
  const isArrow = emission.context.ts.isArrowFunction(target.node);
  const lexicalThis = isArrow && (plan.templatesUseThis || plan.home !== null);
  return [
    `${emission.runtime("wrap")}(${planName}, `,
    ...loader,
    lexicalThis ? ", void 0, this)" : ")",
  ];
}

/** As a plain property name, `__proto__` would set the prototype. */
function keyText(name: string): string {
  if (name === "__proto__") return `["__proto__"]`;
  return isIdentifier(name) ? name : JSON.stringify(name);
}

function isIdentifier(name: string): boolean {
  return /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(name);
}

/**
 * export async function load(id) { … }
 *
 * becomes the loader, the cached function under the original name, and a call at the top of the
 * block that joins them. All three are hoisted, so that calls above the declaration, and from files
 * that import each other, find what they would find without zcache.
 *
 *     var load_attached = zc.attach(load, load_plan, load_loader);
 *     async function load_loader(id) { … }
 *     export async function load(_0) { return zc.call(load_plan, load_loader, this, arguments); }
 *     function load_plan() { return { …, attached: load_attached }; }
 *
 * A function that is used keeps its plan, which keeps the call of `attach`. If nobody uses it,
 * bundlers leave out all four, because the call is marked as one without side effects. In a block,
 * whose variables the plan can't see, the call is a statement.
 *
 * A default export without a name is attached once more behind its wrapper, because there esbuild's
 * `keepNames` gives it the name that the wrapper has in emitted code.
 *
 * The cached function is async where the loader is, because only then is it of the same kind,
 * without a `prototype`. It has no `await`: with one, V8 takes 70 ns more for each call, whether
 * the call reaches it or not.
 */
export function declarationForm(
  emission: EmittedFile,
  node: ts.FunctionDeclaration,
  planned: Planned,
): { readonly loaderName: string; readonly attach: string; readonly wrapper: string } {
  const { ts } = emission.context;
  const { planName, target } = planned;
  const isTopLevel = ts.isSourceFile(target.node.parent);
  const loaderName = emission.free(`${target.name ?? "default"}_loader`);
  // An anonymous default export gets a name to attach to. Callers still see the name "default".
  const name = node.name?.text ?? emission.free("default_export");
  const has = (kind: ts.SyntaxKind): boolean =>
    node.modifiers?.some((modifier) => modifier.kind === kind) ?? false;
  const isAsync = has(ts.SyntaxKind.AsyncKeyword);
  const words = [
    has(ts.SyntaxKind.ExportKeyword) && "export ",
    has(ts.SyntaxKind.DefaultKeyword) && "default ",
    isAsync && "async ",
    `function ${name}`,
  ];
  const head = words.filter((word) => word !== false).join("");
  const call = emission.runtime(isAsync ? "call" : "callPlain");
  const shown = shownName(emission.context, target.node as ts.FunctionDeclaration, isAsync);
  const attach = `${emission.runtime("attach")}(${name}, ${planName}, ${loaderName}${shown});`;
  const attachUsed = (): string => `var ${emission.attachedName(planned)} = ${pureMark}${attach}`;
  const wrapper = `${head}(${parameterNames(emission, node)}) { return ${call}(${planName}, ${loaderName}, this, arguments${isAsync ? "" : ", new.target"}); }`;
  return {
    loaderName,
    attach: isTopLevel ? attachUsed() : attach,
    wrapper: node.name ? wrapper : `${wrapper} ${attachUsed()}`,
  };
}

/**
 * Returns the name that callers see where the wrapper may get another: esbuild makes a variable of
 * a plain function in a block, and renames it.
 */
function shownName(
  { ts }: FileContext,
  { name, parent }: ts.FunctionDeclaration,
  isAsync: boolean,
): string {
  if (!name) return `, "default"`;
  const isInBlock = ts.isBlock(parent) && !ts.isFunctionLike(parent.parent);
  return isInBlock && !isAsync ? `, ${JSON.stringify(name.text)}` : "";
}

/**
 * Writes parameters for the sake of `length`: defining it later costs each function half a
 * kilobyte.
 */
function parameterNames(
  { context: { ts } }: EmittedFile,
  { parameters }: ts.FunctionDeclaration,
): string {
  const passed = parameters.filter(({ name }) => !(ts.isIdentifier(name) && name.text === "this"));
  const end = passed.findIndex(({ initializer, dotDotDotToken }) => initializer ?? dotDotDotToken);
  return (end === -1 ? passed : passed.slice(0, end)).map((_, i) => `_${i}`).join(", ");
}

export interface ClassForm {
  /** Members that come before all others. It is empty if none are needed. */
  readonly members: string;
  /** The name that a class without one gets, or null if it needs none. */
  readonly name: string | null;
}

/**
 * Writes a class. Its methods stay in place, and a static block before all other static members
 * replaces them by cached functions:
 *
 *     static { zc.method(load_plan, this.prototype, "load"); }
 *
 * A decorated method gets `@zc.decorate(load_plan)` as its innermost decorator, so that the user's
 * own decorators see a cached function. A private method can't be replaced, so a getter of its name
 * returns the cached function. A class that may inherit cached methods, or has some that read
 * `this`, states its name in a static method:
 *
 *     static "zcache.class.1"() { return "shop.users.UserRepository"; }
 */
export function classForm(
  emission: EmittedFile,
  node: ts.ClassLikeDeclaration,
  methods: readonly { readonly node: ts.MethodDeclaration; readonly planned: Planned }[],
): ClassForm {
  const free = (): string => node.name?.text ?? emission.free("default_1");
  // With legacy class decorators the compiler turns `this` into `void 0` in static code.
  const mentioned = isLegacy(emission) && isDecorated(emission, node) ? free() : null;
  const self = mentioned ?? "this";
  const calls = methods.flatMap(({ node: method, planned: { planName, target } }) => {
    const decorated = isDecorated(emission, method);
    // Legacy decorators get the object and the name as arguments; standard ones do not.
    if (decorated ? isLegacy(emission) : isPrivate(emission, method)) return [];
    const holder = isStatic(emission, method) ? self : `${self}.prototype`;
    const put = emission.runtime(decorated ? "place" : "method");
    return [`${put}(${planName}, ${holder}, ${JSON.stringify(target.name)});`];
  });
  // Below ES2022, TypeScript moves a static block behind the class, and leaves a syntax error of a
  // declaration without a name.
  const isUnnamed = mentioned === null && calls.length > 0 && isUnnamedDeclaration(emission, node);
  const shown = mentioned === null && calls.length > 0 ? nameOfUnnamed(emission, node) : null;
  if (shown !== null && !hasStaticName(emission, node))
    calls.unshift(`Object.defineProperty(this, "name", { value: ${JSON.stringify(shown)} });`);
  const className = emission.classNameOf(node);
  const members = [
    className !== undefined &&
      `static ${JSON.stringify(classNameMember)}() { return ${JSON.stringify(className)}; }`,
    calls.length > 0 && `static { ${calls.join(" ")} }`,
  ];
  return {
    members: members.filter((member) => member !== false).join(" "),
    name: isUnnamed ? free() : mentioned,
  };
}

/** `export default class { … }` */
function isUnnamedDeclaration(
  { context: { ts } }: EmittedFile,
  node: ts.ClassLikeDeclaration,
): boolean {
  return ts.isClassDeclaration(node) && !node.name;
}

/**
 * Returns the name that JavaScript gives a class without one, or null if the class has a name or
 * its place has one that only the running program knows. Compilers that move the static block
 * behind the class make the class the value of a variable, from which it would get its name.
 */
function nameOfUnnamed(emission: EmittedFile, node: ts.ClassLikeDeclaration): string | null {
  const { context } = emission;
  const { ts } = context;
  if (node.name) return null;
  if (ts.isClassDeclaration(node)) return "default";
  const original = emission.originalOf(node) as ts.ClassExpression;
  const holder = holderOf(ts, original);
  const name = nameFromPlace(context, original);
  return name === null && holder && hasComputedName(ts, holder) ? null : (name ?? "");
}

function hasComputedName(ts: FileContext["ts"], holder: ts.Node): boolean {
  return (
    (ts.isPropertyDeclaration(holder) || ts.isPropertyAssignment(holder)) &&
    ts.isComputedPropertyName(holder.name)
  );
}

/** Whether a static member takes the place of the class's own name. */
function hasStaticName(emission: EmittedFile, { members }: ts.ClassLikeDeclaration): boolean {
  return members.some(
    (member) =>
      isStatic(emission, member) &&
      member.name !== undefined &&
      nameText(emission.context, member.name) === "name",
  );
}

export type MethodForm =
  | { readonly kind: "replaced" }
  /** The text has no "@". */
  | { readonly kind: "decorated"; readonly decorator: string }
  | { readonly kind: "private"; readonly loaderName: string; readonly getter: string };

/**
 * Returns what happens to a method of a class, besides what the class's static block does with it.
 */
export function methodForm(
  emission: EmittedFile,
  node: ts.MethodDeclaration,
  { planName, target }: Planned,
): MethodForm {
  if (isDecorated(emission, node))
    return { kind: "decorated", decorator: `${emission.runtime("decorate")}(${planName})` };
  if (!isPrivate(emission, node)) return { kind: "replaced" };
  const name = target.name as string;
  const loaderName = `#${emission.free(`${name.slice(1)}_loader`)}`;
  const cached = `${emission.runtime("privateMethod")}(${planName}, this.${loaderName})`;
  const getter = `${isStatic(emission, node) ? "static " : ""}get ${name}() { return ${cached}; }`;
  return { kind: "private", loaderName, getter };
}

function isLegacy({ context }: EmittedFile): boolean {
  return context.compilerOptions.experimentalDecorators === true;
}

function isPrivate({ context: { ts } }: EmittedFile, { name }: ts.MethodDeclaration): boolean {
  return ts.isPrivateIdentifier(name);
}

function isDecorated(
  { context: { ts } }: EmittedFile,
  node: ts.MethodDeclaration | ts.ClassLikeDeclaration,
): boolean {
  return node.modifiers?.some((modifier) => ts.isDecorator(modifier)) ?? false;
}

function isStatic({ context: { ts } }: EmittedFile, node: ts.ClassElement): boolean {
  const { modifiers } = node as ts.MethodDeclaration;
  return modifiers?.some((modifier) => modifier.kind === ts.SyntaxKind.StaticKeyword) ?? false;
}

/**
 * Writes an object literal. Methods become properties (see `propertyPieces`), but methods that use
 * `super` must stay methods: `zc.object({ async m() { … } }, [["m", m_plan]])`. Where a default key
 * has to distinguish the literal from copies of it, the runtime gets to see it: `zc.literal({ …
 * })`.
 */
export function objectPieces(emission: EmittedFile, literal: ts.ObjectLiteralExpression): Pieces {
  const kept = literal.properties.flatMap((property) => {
    const planned = emission.context.ts.isMethodDeclaration(property)
      ? emission.plannedOf(property)
      : undefined;
    if (!planned || becomesProperty(emission, planned)) return [];
    return [`[${JSON.stringify(planned.target.name)}, ${planned.planName}]`];
  });
  const original = emission.originalOf(literal);
  const object: Pieces =
    kept.length === 0
      ? [literal]
      : pure(emission.context, original, [
          `${emission.runtime("object")}(`,
          literal,
          `, [${kept.join(", ")}])`,
        ]);
  if (!emission.isHome(literal)) return object;
  return pure(emission.context, original, [`${emission.runtime("literal")}(`, ...object, ")"]);
}

/** Whether a cached method of an object literal becomes a property. */
export function becomesProperty({ context: { ts } }: EmittedFile, { target }: Planned): boolean {
  return !usesSuper(ts, target.node);
}

/** `async m() { … }` → `m: zc.wrap(m_plan, { async m() { … } })` */
export function propertyPieces(
  emission: EmittedFile,
  method: ts.MethodDeclaration,
  planned: Planned,
): Pieces {
  const name = planned.target.name as string;
  return [`${keyText(name)}: ${pureMark}`, ...wrapped(emission, planned, ["{ ", method, " }"])];
}
