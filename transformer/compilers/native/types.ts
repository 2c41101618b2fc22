import type ts from "typescript";
import { type Api, type Sync } from "./api";

/**
 * Types, symbols and signatures of TypeScript 7 in the form that they have in 5 and 6. Each is
 * asked for by a message to another process, so that every answer is kept; and each has one object
 * here, because callers compare them.
 */
export class Types {
  readonly #types = new WeakMap<object, TypeView>();
  readonly #symbols = new WeakMap<object, SymbolView>();
  readonly #signatures = new WeakMap<object, SignatureView>();

  constructor(
    readonly api: Api,
    readonly checker: Sync.Checker,
    readonly project: Sync.Project,
  ) {}

  type(native: Sync.Type): TypeView {
    return kept(this.#types, native, () => new TypeView(this, native));
  }

  typeOrAny(native: Sync.Type | undefined): TypeView {
    return this.type(native ?? this.checker.getAnyType());
  }

  types(natives: readonly Sync.Type[] | undefined): TypeView[] {
    return (natives ?? []).map((native) => this.type(native));
  }

  symbol(native: Sync.Symbol): SymbolView {
    return kept(this.#symbols, native, () => new SymbolView(this, native));
  }

  signature(native: Sync.Signature): SignatureView {
    return kept(this.#signatures, native, () => new SignatureView(this, native));
  }

  node(handle: Sync.NodeHandle | undefined): ts.Node | undefined {
    return handle?.resolve(this.project) as ts.Node | undefined;
  }

  signaturesOf(type: TypeView, kind: Sync.SignatureKind): SignatureView[] {
    if (!type.native) return [];
    return this.checker
      .getSignaturesOfType(type.native, kind)
      .map((signature) => this.signature(signature));
  }

  propertiesOf(type: TypeView): SymbolView[] {
    if (!type.native) return [];
    return this.checker.getPropertiesOfType(type.native).map((symbol) => this.symbol(symbol));
  }

  propertyOf(type: TypeView, name: string): SymbolView | undefined {
    const found = type.native ? this.checker.getPropertyOfType(type.native, name) : undefined;
    return found && this.symbol(found);
  }

  /** Returns a union that TypeScript hasn't made itself. It can be taken apart, and no more. */
  union(parts: readonly TypeView[]): TypeView {
    const flat = [...new Set(parts.flatMap((part) => (part.isUnion() ? part.types : [part])))];
    const [only] = flat;
    return flat.length === 1 && only ? only : new TypeView(this, null, flat);
  }
}

/** Returns what is kept for a key, which is never undefined, or makes and keeps it. */
export function kept<Value extends object>(
  known: WeakMap<object, Value>,
  key: object,
  make: () => Value,
): Value {
  let value = known.get(key);
  if (!value) known.set(key, (value = make()));
  return value;
}

/** Keeps the first answer. */
function once<Value>(ask: () => Value): () => Value {
  let answer: { readonly value: Value } | null = null;
  return () => (answer ??= { value: ask() }).value;
}

type Described = Partial<Sync.TypeReference & Sync.TupleType & Sync.UnionType> & {
  readonly value?: string | number | boolean | bigint;
  readonly intrinsicName?: string;
  readonly texts?: readonly string[];
};

export class TypeView {
  readonly flags: number;
  readonly #properties: () => SymbolView[];
  readonly #calls: () => SignatureView[];
  readonly #constructs: () => SignatureView[];
  readonly #parts: () => TypeView[];
  readonly #present: () => TypeView;
  readonly #own = new Map<string, SymbolView | undefined>();

  /** @param parts those of a union that TypeScript hasn't made itself */
  constructor(
    private readonly all: Types,
    readonly native: Sync.Type | null,
    parts: readonly TypeView[] = [],
  ) {
    const { SignatureKind, TypeFlags } = all.api.sync;
    this.flags = native?.flags ?? TypeFlags.Union;
    this.#properties = once(() => all.propertiesOf(this));
    this.#calls = once(() => all.signaturesOf(this, SignatureKind.Call));
    this.#constructs = once(() => all.signaturesOf(this, SignatureKind.Construct));
    this.#present = once(() => {
      if (native) return all.typeOrAny(all.checker.getNonNullableType(native));
      const nullish = TypeFlags.Undefined | TypeFlags.Null;
      return all.union(this.types.filter(({ flags }) => (flags & nullish) === 0));
    });
    this.#parts = once(() =>
      native ? all.types((native as Sync.UnionType).getTypes()) : [...parts],
    );
  }

  get #described(): Described {
    return this.native ?? {};
  }

  get id(): number | undefined {
    return this.native?.id;
  }

  get objectFlags(): number {
    return this.#described.objectFlags ?? 0;
  }

  get symbol(): SymbolView | undefined {
    const symbol = this.native?.getSymbol();
    return symbol && this.all.symbol(symbol);
  }

  get aliasSymbol(): SymbolView | undefined {
    const symbol = this.native?.getAliasSymbol();
    return symbol && this.all.symbol(symbol);
  }

  get aliasTypeArguments(): TypeView[] | undefined {
    return this.aliasSymbol && this.all.types(this.native?.getAliasTypeArguments());
  }

  get types(): TypeView[] {
    return this.#parts();
  }

  get target(): TypeView | undefined {
    const target = this.#described.getTarget?.();
    return target && this.all.type(target);
  }

  get elementFlags(): readonly number[] | undefined {
    return this.#described.elementFlags;
  }

  get texts(): readonly string[] | undefined {
    return this.#described.texts;
  }

  get intrinsicName(): string | undefined {
    // 7 tells of `true` and `false` by a value.
    return this.#described.intrinsicName ?? String(this.#described.value);
  }

  get value(): string | number | ts.PseudoBigInt | undefined {
    const { value } = this.#described;
    if (typeof value !== "bigint") return value as string | number | undefined;
    const isNegative = value < 0n;
    return { negative: isNegative, base10Value: String(isNegative ? -value : value) };
  }

  /** The name of a `unique symbol`'s type: 6 makes it of the symbol's name and number. */
  get escapedName(): string {
    return `__@${this.symbol?.name ?? ""}@${this.native?.getSymbol()?.id ?? 0}`;
  }

  getSymbol(): SymbolView | undefined {
    return this.symbol;
  }

  getProperties(): SymbolView[] {
    return this.#properties();
  }

  getProperty(name: string): SymbolView | undefined {
    if (!this.#own.has(name)) this.#own.set(name, this.all.propertyOf(this, name));
    return this.#own.get(name);
  }

  getCallSignatures(): SignatureView[] {
    return this.#calls();
  }

  getConstructSignatures(): SignatureView[] {
    return this.#constructs();
  }

  getBaseTypes(): TypeView[] | undefined {
    return this.isClassOrInterface() ? this.all.types(this.native?.getBaseTypes()) : undefined;
  }

  getNonNullableType(): TypeView {
    return this.#present();
  }

  isUnion(): boolean {
    return (this.flags & this.all.api.sync.TypeFlags.Union) !== 0;
  }

  isIntersection(): boolean {
    return (this.flags & this.all.api.sync.TypeFlags.Intersection) !== 0;
  }

  isStringLiteral(): boolean {
    return (this.flags & this.all.api.sync.TypeFlags.StringLiteral) !== 0;
  }

  isNumberLiteral(): boolean {
    return (this.flags & this.all.api.sync.TypeFlags.NumberLiteral) !== 0;
  }

  isClassOrInterface(): boolean {
    return this.native?.isClassOrInterface() ?? false;
  }

  isClass(): boolean {
    return (this.objectFlags & this.all.api.sync.ObjectFlags.Class) !== 0;
  }
}

export class SymbolView {
  readonly flags: number;
  readonly name: string;
  readonly escapedName: string;
  readonly #declarations: () => ts.Declaration[];
  readonly #members: () => ReadonlyMap<string, SymbolView>;
  readonly #exports: () => ReadonlyMap<string, SymbolView>;

  constructor(
    private readonly all: Types,
    readonly native: Sync.Symbol,
  ) {
    this.flags = native.flags;
    this.name = native.name;
    this.escapedName = native.escapedName;
    this.#declarations = once(() =>
      native.declarations.flatMap((handle) => (all.node(handle) as ts.Declaration) ?? []),
    );
    const view = (table: ReadonlyMap<string, Sync.Symbol>): ReadonlyMap<string, SymbolView> =>
      new Map([...table].map(([name, symbol]) => [name, all.symbol(symbol)]));
    this.#members = once(() => view(native.getMembers() as ReadonlyMap<string, Sync.Symbol>));
    this.#exports = once(() => view(native.getExports() as ReadonlyMap<string, Sync.Symbol>));
  }

  get declarations(): ts.Declaration[] | undefined {
    const found = this.#declarations();
    return found.length > 0 ? found : undefined;
  }

  get valueDeclaration(): ts.Declaration | undefined {
    return this.all.node(this.native.valueDeclaration) as ts.Declaration | undefined;
  }

  get parent(): SymbolView | undefined {
    const parent = this.native.getParent();
    return parent && this.all.symbol(parent);
  }

  get members(): ReadonlyMap<string, SymbolView> {
    return this.#members();
  }

  get exports(): ReadonlyMap<string, SymbolView> {
    return this.#exports();
  }

  getName(): string {
    return this.name;
  }

  getFlags(): number {
    return this.flags;
  }

  getDeclarations(): ts.Declaration[] | undefined {
    return this.declarations;
  }
}

export class SignatureView {
  readonly #parameters: () => SymbolView[];
  readonly #result: () => TypeView;

  constructor(
    private readonly all: Types,
    readonly native: Sync.Signature,
  ) {
    this.#result = once(() => all.typeOrAny(all.checker.getReturnTypeOfSignature(native)));
    this.#parameters = once(() => native.getParameters().map((symbol) => all.symbol(symbol)));
  }

  get declaration(): ts.Node | undefined {
    return this.all.node(this.native.declaration);
  }

  get parameters(): SymbolView[] {
    return this.#parameters();
  }

  get typeParameters(): TypeView[] | undefined {
    const found = this.all.types(this.native.getTypeParameters());
    return found.length > 0 ? found : undefined;
  }

  getParameters(): SymbolView[] {
    return this.parameters;
  }

  getDeclaration(): ts.Node | undefined {
    return this.declaration;
  }

  getReturnType(): TypeView {
    return this.#result();
  }
}
