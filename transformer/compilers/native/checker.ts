import type ts from "typescript";
import { type Sync } from "./api";
import { type SignatureView, type SymbolView, type Types, type TypeView } from "./types";

/**
 * The methods of `ts.TypeChecker` that zcache's checks use, answered by TypeScript 7. What 7 has
 * no method for is put together from what it has.
 */
export class Checker {
  readonly #symbols = new WeakMap<ts.Node, SymbolView | null>();
  readonly #typesOfNodes = new WeakMap<ts.Node, TypeView>();
  readonly #typesOfSymbols = new WeakMap<SymbolView, TypeView>();

  constructor(private readonly all: Types) {}

  get #native(): Sync.Checker {
    return this.all.checker;
  }

  getSymbolAtLocation(node: ts.Node): SymbolView | undefined {
    let known = this.#symbols.get(node);
    if (known === undefined) {
      const found = isNative(node) ? this.#native.getSymbolAtLocation(node as never) : undefined;
      this.#symbols.set(node, (known = found ? this.all.symbol(found) : null));
    }
    return known ?? undefined;
  }

  getTypeAtLocation(node: ts.Node): TypeView {
    let known = this.#typesOfNodes.get(node);
    if (!known) {
      const found = isNative(node) ? this.#native.getTypeAtLocation(node as never) : undefined;
      this.#typesOfNodes.set(node, (known = this.all.typeOrAny(found)));
    }
    return known;
  }

  getTypeOfSymbol(symbol: SymbolView): TypeView {
    let known = this.#typesOfSymbols.get(symbol);
    if (!known) {
      known = this.all.typeOrAny(this.#native.getTypeOfSymbol(symbol.native));
      this.#typesOfSymbols.set(symbol, known);
    }
    return known;
  }

  getTypeOfSymbolAtLocation(symbol: SymbolView, node: ts.Node): TypeView {
    return this.all.typeOrAny(this.#native.getTypeOfSymbolAtLocation(symbol.native, node as never));
  }

  getDeclaredTypeOfSymbol(symbol: SymbolView): TypeView {
    return this.all.type(this.#native.getDeclaredTypeOfSymbol(symbol.native));
  }

  getAliasedSymbol(symbol: SymbolView): SymbolView {
    return this.all.symbol(this.#native.getAliasedSymbol(symbol.native));
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
    const found = this.#native.getSignatureFromDeclaration(node as never);
    return found && this.all.signature(found);
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
    return type.native ? this.all.typeOrAny(this.#native.getApparentType(type.native)) : type;
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
    if (!type.native || !(type.objectFlags & Reference)) return [];
    return this.all.types(this.#native.getTypeArguments(type.native as Sync.TypeReference));
  }

  /** What `await` makes of the type. */
  getAwaitedType(type: TypeView): TypeView | undefined {
    if (type.isUnion())
      return this.all.union(type.types.map((part) => this.getAwaitedType(part) ?? part));
    const then = type.flags & this.all.api.sync.TypeFlags.Object && type.getProperty("then");
    if (!then) return type;
    const [fulfilled] = this.#parametersOf(this.getTypeOfSymbol(then));
    const [value] = fulfilled ? this.#parametersOf(fulfilled.getNonNullableType()) : [];
    return value && this.getAwaitedType(value);
  }

  #parametersOf(type: TypeView): TypeView[] {
    const [signature] = type.getCallSignatures();
    return (signature?.parameters ?? []).map((parameter) => this.getTypeOfSymbol(parameter));
  }

  getIndexInfosOfType(
    type: TypeView,
  ): { readonly keyType: TypeView; readonly type: TypeView; readonly isReadonly: boolean }[] {
    if (!type.native) return [];
    return this.#native.getIndexInfosOfType(type.native).map((info) => ({
      keyType: this.all.type(info.keyType),
      type: this.all.type(info.valueType),
      isReadonly: info.isReadonly,
    }));
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
    return type.native !== null && this.#native.isArrayType(type.native);
  }

  isTupleType(type: TypeView): boolean {
    return type.native !== null && this.#native.isTupleType(type.native);
  }

  isArrayLikeType(type: TypeView): boolean {
    return type.native !== null && this.#native.isArrayLikeType(type.native);
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

/** Whether the node is one of a file of the program, and not of a directive's expression. */
function isNative(node: ts.Node): boolean {
  return "view" in node;
}
