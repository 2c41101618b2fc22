import type ts from "typescript";
import { type Api, type Sync } from "./api";
import { kept, type SignatureView, type SymbolView, type Types, type TypeView } from "./types";

/**
 * The methods of `ts.TypeChecker` that zcache's checks use, answered by TypeScript 7. What 7 has
 * no method for is put together from what it has.
 */
export class Checker {
  readonly #symbols = new WeakMap<ts.Node, SymbolView | null>();
  readonly #known = new Map<string, WeakMap<object, unknown>>();

  constructor(private readonly all: Types) {}

  get #native(): Sync.Checker {
    return this.all.checker;
  }

  /** Keeps the answer to a question about a type, a symbol or a node. */
  #once<Answer>(question: string, about: object, ask: () => Answer): Answer {
    let answers = this.#known.get(question) as WeakMap<object, { readonly answer: Answer }>;
    if (!answers) this.#known.set(question, (answers = new WeakMap()));
    return kept(answers, about, () => ({ answer: ask() })).answer;
  }

  getSymbolAtLocation(node: ts.Node): SymbolView | undefined {
    if (!isNative(node)) return undefined;
    if (!this.#symbols.has(node)) this.#askSymbols(node);
    return this.#symbols.get(node) ?? undefined;
  }

  /** Asks for all names of the function around at once, because most of them are asked for. */
  #askSymbols(node: ts.Node): void {
    const nodes = [node, ...namesAround(this.all.api, node)].filter(
      (one) => !this.#symbols.has(one),
    );
    const found = this.#native.getSymbolAtLocation(nodes as never[]);
    for (const [i, one] of nodes.entries()) {
      const symbol = found[i];
      this.#symbols.set(one, symbol ? this.all.symbol(symbol) : null);
    }
  }

  getTypeAtLocation(node: ts.Node): TypeView {
    return this.#once("type", node, () =>
      this.all.typeOrAny(
        isNative(node) ? this.#native.getTypeAtLocation(node as never) : undefined,
      ),
    );
  }

  getTypeOfSymbol(symbol: SymbolView): TypeView {
    return this.#once("type of symbol", symbol, () =>
      this.all.typeOrAny(this.#native.getTypeOfSymbol(symbol.native)),
    );
  }

  getTypeOfSymbolAtLocation(symbol: SymbolView, node: ts.Node): TypeView {
    const ofSymbols = this.#once("types of symbols", node, () => new WeakMap<object, TypeView>());
    return kept(ofSymbols, symbol, () =>
      this.all.typeOrAny(this.#native.getTypeOfSymbolAtLocation(symbol.native, node as never)),
    );
  }

  getDeclaredTypeOfSymbol(symbol: SymbolView): TypeView {
    return this.all.type(this.#native.getDeclaredTypeOfSymbol(symbol.native));
  }

  getAliasedSymbol(symbol: SymbolView): SymbolView {
    return this.#once("alias", symbol, () =>
      this.all.symbol(this.#native.getAliasedSymbol(symbol.native)),
    );
  }

  resolveName(
    name: string,
    location: ts.Node,
    meaning: number,
    excludeGlobals: boolean,
  ): SymbolView | undefined {
    const found = this.#native.resolveName(name, meaning, location as never, excludeGlobals);
    return found && this.all.symbol(found);
  }

  getShorthandAssignmentValueSymbol(node: ts.Node): SymbolView | undefined {
    const found = this.#native.getShorthandAssignmentValueSymbol(node as never);
    return found && this.all.symbol(found);
  }

  /** The properties that a property of a union, or of a mapped type, stands for. */
  getRootSymbols(symbol: SymbolView): SymbolView[] {
    const roots = (symbol.declarations ?? []).flatMap((declaration) => {
      const { name } = declaration as { readonly name?: ts.Node };
      return (name && this.getSymbolAtLocation(name)) ?? [];
    });
    return roots.length > 0 ? [...new Set(roots)] : [symbol];
  }

  getSymbolsOfParameterPropertyDeclaration(
    parameter: ts.ParameterDeclaration,
    name: string,
  ): SymbolView[] {
    const { Value } = this.all.api.sync.SymbolFlags;
    const { body } = parameter.parent as ts.ConstructorDeclaration;
    const own = this.resolveName(name, body ?? parameter, Value, true);
    const field = this.getTypeAtLocation(parameter.parent.parent).getProperty(name);
    return [own ?? [], field ?? []].flat();
  }

  getPropertiesOfType(type: TypeView): SymbolView[] {
    return type.getProperties();
  }

  getPropertyOfType(type: TypeView, name: string): SymbolView | undefined {
    return type.getProperty(name);
  }

  getSignaturesOfType(type: TypeView, kind: Sync.SignatureKind): SignatureView[] {
    return this.all.signaturesOf(type, kind);
  }

  getSignatureFromDeclaration(node: ts.Node): SignatureView | undefined {
    return this.#once("signature", node, () => {
      const found = this.#native.getSignatureFromDeclaration(node as never);
      return found && this.all.signature(found);
    });
  }

  getResolvedSignature(node: ts.Node): SignatureView | undefined {
    const found = this.#native.getResolvedSignature(node as never);
    return found && this.all.signature(found);
  }

  getReturnTypeOfSignature(signature: SignatureView): TypeView {
    return signature.getReturnType();
  }

  getTypePredicateOfSignature(signature: SignatureView): { readonly kind: number } | undefined {
    return this.#native.getTypePredicateOfSignature(signature.native);
  }

  getContextualType(node: ts.Node): TypeView | undefined {
    const found = isNative(node) && this.#native.getContextualType(node as never);
    return found ? this.all.type(found) : undefined;
  }

  getApparentType(type: TypeView): TypeView {
    const { native } = type;
    if (!native) return type;
    return this.#once("apparent", type, () =>
      this.all.typeOrAny(this.#native.getApparentType(native)),
    );
  }

  getNonNullableType(type: TypeView): TypeView {
    return type.getNonNullableType();
  }

  getBaseConstraintOfType(type: TypeView): TypeView | undefined {
    const found = type.native && this.#native.getBaseConstraintOfType(type.native);
    return found ? this.all.type(found) : type.native ? undefined : type;
  }

  getBaseTypeOfLiteralType(type: TypeView): TypeView {
    return type.native
      ? this.all.typeOrAny(this.#native.getBaseTypeOfLiteralType(type.native))
      : this.all.union(type.types.map((part) => this.getBaseTypeOfLiteralType(part)));
  }

  getBaseTypes(type: TypeView): TypeView[] {
    return type.getBaseTypes() ?? [];
  }

  getTypeArguments(type: TypeView): TypeView[] {
    const { Reference } = this.all.api.sync.ObjectFlags;
    const { native } = type;
    if (!native || !(type.objectFlags & Reference)) return [];
    return this.#once("arguments", type, () =>
      this.all.types(this.#native.getTypeArguments(native as Sync.TypeReference)),
    );
  }

  /** What `await` makes of the type. */
  getAwaitedType(type: TypeView): TypeView | undefined {
    return this.#once("awaited", type, () => this.#await(type));
  }

  #await(type: TypeView): TypeView | undefined {
    if (type.isUnion())
      return this.all.union(type.types.map((part) => this.getAwaitedType(part) ?? part));
    if (!(type.flags & this.all.api.sync.TypeFlags.Object)) return type;
    const value = this.#isPromise(type) ? this.getTypeArguments(type)[0] : this.#thenValue(type);
    return value === type ? type : value && this.getAwaitedType(value);
  }

  /** Almost all types that are awaited are the language's own. */
  #isPromise({ symbol }: TypeView): boolean {
    if (symbol?.name !== "Promise") return false;
    const { program } = this.all.project;
    return (symbol.declarations ?? []).some((one) =>
      program.isSourceFileDefaultLibrary(one.getSourceFile() as never),
    );
  }

  /** What the type's own `then` calls its first argument with, or the type if it has none. */
  #thenValue(type: TypeView): TypeView | undefined {
    const then = type.getProperty("then");
    if (!then) return type;
    const [fulfilled] = this.#parametersOf(this.getTypeOfSymbol(then));
    return fulfilled && this.#parametersOf(fulfilled.getNonNullableType())[0];
  }

  #parametersOf(type: TypeView): TypeView[] {
    const [signature] = type.getCallSignatures();
    return (signature?.parameters ?? []).map((parameter) => this.getTypeOfSymbol(parameter));
  }

  getIndexInfosOfType(
    type: TypeView,
  ): { readonly keyType: TypeView; readonly type: TypeView; readonly isReadonly: boolean }[] {
    const { native } = type;
    if (!native) return [];
    return this.#once("index", type, () =>
      this.#native.getIndexInfosOfType(native).map((info) => ({
        keyType: this.all.type(info.keyType),
        type: this.all.type(info.valueType),
        isReadonly: info.isReadonly,
      })),
    );
  }

  /** @param kind 0 for text, 1 for numbers, as in `ts.IndexKind` */
  getIndexTypeOfType(type: TypeView, kind: number): TypeView | undefined {
    const { TypeFlags } = this.all.api.sync;
    const infos = this.getIndexInfosOfType(type);
    const byFlag = (flag: number): TypeView | undefined =>
      infos.find(({ keyType }) => keyType.flags & flag)?.type;
    // A number is a text as a name of a property.
    return (kind === 1 ? byFlag(TypeFlags.Number) : undefined) ?? byFlag(TypeFlags.String);
  }

  isArrayType(type: TypeView): boolean {
    const { native } = type;
    return native !== null && this.#once("array", type, () => this.#native.isArrayType(native));
  }

  isTupleType(type: TypeView): boolean {
    const { native } = type;
    return native !== null && this.#once("tuple", type, () => this.#native.isTupleType(native));
  }

  isArrayLikeType(type: TypeView): boolean {
    const { native } = type;
    return native !== null && this.#once("list", type, () => this.#native.isArrayLikeType(native));
  }

  isTypeAssignableTo(source: TypeView, target: TypeView): boolean {
    if (!source.native) return source.types.every((part) => this.isTypeAssignableTo(part, target));
    if (!target.native) return target.types.some((part) => this.isTypeAssignableTo(source, part));
    return this.#native.isTypeAssignableTo(source.native, target.native);
  }

  typeToString(type: TypeView, enclosing?: ts.Node, flags?: number): string {
    return type.native
      ? this.#native.typeToString(type.native, enclosing as never, flags)
      : type.types.map((part) => this.typeToString(part, enclosing, flags)).join(" | ");
  }

  getAnyType(): TypeView {
    return this.all.type(this.#native.getAnyType());
  }

  getStringType(): TypeView {
    return this.all.type(this.#native.getStringType());
  }

  getNumberType(): TypeView {
    return this.all.type(this.#native.getNumberType());
  }

  getBigIntType(): TypeView {
    return this.all.type(this.#native.getBigIntType());
  }

  getBooleanType(): TypeView {
    return this.all.type(this.#native.getBooleanType());
  }

  getUndefinedType(): TypeView {
    return this.all.type(this.#native.getUndefinedType());
  }

  getNullType(): TypeView {
    return this.all.type(this.#native.getNullType());
  }
}

/** Returns the names in the outermost function around a node, or nothing if there is none. */
function namesAround({ ast: { SyntaxKind } }: Api, node: ts.Node): readonly ts.Node[] {
  const kindOf = ({ kind }: ts.Node) => SyntaxKind[kind];
  let around: ts.Node | null = null;
  for (let at = node.parent as ts.Node | undefined; at?.parent; at = at.parent) {
    if (/^Class(?:Declaration|Expression)$/.test(kindOf(at) ?? "")) break;
    if (kindOf(at) === "Block") around = at;
  }
  if (!around) return [];
  const names: ts.Node[] = [];
  const open = [around];
  for (let at = open.pop(); at; at = open.pop()) {
    if (kindOf(at) === "Identifier") names.push(at);
    at.forEachChild((child) => void open.push(child));
  }
  return names;
}

/** Whether the node is one of a file of the program, and not of a directive's expression. */
function isNative(node: ts.Node): boolean {
  return "view" in node;
}
