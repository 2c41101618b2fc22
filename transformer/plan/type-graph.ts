import type ts from "typescript";

/**
 * A type as data: it describes what is stored, and not how the compiler represents the type.
 * Recursive types are cycles.
 */
export interface TypeNode {
  kind: "leaf" | "record" | "list" | "tuple" | "union" | "named";
  /** A leaf's text, a named type's name, or the built-in that a record extends. */
  text: string;
  /** For a record, its sorted field names with their marks; for a tuple, the marks of its items. */
  labels: readonly string[];
  children: readonly TypeNode[];
}

type Compiler = typeof ts;

/** Deeper types are cut off, and so are generic types that grow at each level. */
const maxLevels = 32;
const maxNodes = 5000;

/**
 * Types of the standard library that hold other types. All others appear by their name alone:
 * `Uint8Array` and `Buffer` have had a type argument only since TypeScript 5.7.
 */
const generics: ReadonlyMap<string, string> = new Map([
  ["Map", "Map"],
  ["ReadonlyMap", "Map"],
  ["Set", "Set"],
  ["ReadonlySet", "Set"],
  ["Promise", "Promise"],
  ["PromiseLike", "Promise"],
  ["PromiseFulfilledResult", "PromiseFulfilledResult"],
]);

/**
 * Returns the type that is stored under one key of a function: what it resolves to or, in a batch,
 * one element of that.
 */
export function storedTypeOf(
  compiler: Compiler,
  checker: ts.TypeChecker,
  node: ts.SignatureDeclaration,
  isBatch: boolean,
): ts.Type | null {
  const signature = checker.getSignatureFromDeclaration(node);
  const type = signature && checker.getAwaitedType(checker.getReturnTypeOfSignature(signature));
  if (!type || !isBatch) return type ?? null;
  const [key, value] = isObject(compiler, type)
    ? checker.getTypeArguments(type as ts.TypeReference)
    : [];
  const isMap = /^(Readonly)?Map$/.test(type.getSymbol()?.name ?? "");
  return (
    (isMap && key ? value : checker.getIndexTypeOfType(type, compiler.IndexKind.Number)) ?? type
  );
}

/** Builds the graph level by level, so that the cut-off does not depend on any order. */
export function createTypeGraph(compiler: Compiler, program: ts.Program, type: ts.Type): TypeNode {
  const builder = new GraphBuilder(compiler, program);
  const root = builder.nodeOf(type);
  for (let level = 0; level < maxLevels && builder.count < maxNodes; level++) builder.buildLevel();
  return root;
}

class GraphBuilder {
  count = 0;
  readonly #checker: ts.TypeChecker;
  readonly #nodes = new Map<ts.Type, TypeNode>();
  #pending: { readonly node: TypeNode; readonly build: () => TypeNode }[] = [];

  constructor(
    private readonly ts: Compiler,
    private readonly program: ts.Program,
  ) {
    this.#checker = program.getTypeChecker();
  }

  nodeOf(type: ts.Type): TypeNode {
    const text = leafText(this.ts, type);
    if (text !== null) return leaf(text);
    let node = this.#nodes.get(type);
    if (!node) this.#nodes.set(type, (node = this.#later(() => this.#composite(type))));
    return node;
  }

  buildLevel(): void {
    const level = this.#pending;
    this.#pending = [];
    for (const { node, build } of level) Object.assign(node, build());
  }

  /** Returns a node that is `…` unless its level is built. */
  #later(build: () => TypeNode): TypeNode {
    const node = leaf("…");
    this.count++;
    this.#pending.push({ node, build });
    return node;
  }

  #composite(type: ts.Type): TypeNode {
    const { ts } = this;
    if (type.isUnion()) return this.#union(type.types);
    if (type.isIntersection()) {
      // A brand is not data: string & { __brand: "id" } is stored as a string.
      const [primitive] = type.types.filter((member) => leafText(ts, member) !== null);
      return primitive ? leaf(leafText(ts, primitive) as string) : this.#record(type);
    }
    if (isObject(ts, type)) return this.#object(type);
    const constraint = this.#checker.getBaseConstraintOfType(type);
    return named("generic", constraint && constraint !== type ? [this.nodeOf(constraint)] : []);
  }

  #union(types: readonly ts.Type[]): TypeNode {
    const { ts } = this;
    const leaves = new Set(types.map((member) => leafText(ts, member)));
    if (leaves.has("true") && leaves.has("false")) {
      leaves.delete("true");
      leaves.delete("false");
      leaves.add("boolean");
    }
    const composites = types.filter((member) => leafText(ts, member) === null);
    const members = [
      ...[...leaves].filter((text) => text !== null).map(leaf),
      ...composites.map((member) => this.nodeOf(member)),
    ];
    const [only] = members;
    // If one composite is not built yet, it would be copied too early, so it stays a union of one.
    if (only?.kind === "leaf" && members.length === 1 && composites.length === 0) return only;
    return { kind: "union", text: "", labels: [], children: members };
  }

  #object(type: ts.ObjectType): TypeNode {
    const { ts } = this;
    const checker = this.#checker;
    if (checker.isTupleType(type)) return this.#tuple(type as ts.TupleTypeReference);
    if (checker.isArrayType(type)) {
      const items = checker.getTypeArguments(type as ts.TypeReference);
      return {
        kind: "list",
        text: "",
        labels: [],
        children: items.slice(0, 1).map((item) => this.nodeOf(item)),
      };
    }
    const symbol = type.getSymbol();
    if (
      symbol &&
      symbol.flags & (ts.SymbolFlags.Class | ts.SymbolFlags.Interface) &&
      this.#isBuiltIn(symbol)
    ) {
      if (symbol.name === "Function") return leaf("function");
      const generic = generics.get(symbol.name);
      const args = generic === undefined ? [] : checker.getTypeArguments(type as ts.TypeReference);
      return named(
        generic ?? symbol.name,
        args.map((arg) => this.nodeOf(arg)),
      );
    }
    return isFunction(type) ? leaf("function") : this.#record(type);
  }

  #tuple(type: ts.TupleTypeReference): TypeNode {
    const { ElementFlags } = this.ts;
    const items = this.#checker.getTypeArguments(type);
    const flagsOf = (i: number): ts.ElementFlags =>
      type.target.elementFlags[i] ?? ElementFlags.Required;
    const labels = items.map((_, i) => {
      if (flagsOf(i) & ElementFlags.Variable) return "...";
      return flagsOf(i) & ElementFlags.Optional ? "?" : "";
    });
    const children = items.map((item, i) =>
      labels[i] === "?" ? this.#withoutUndefined(item) : this.nodeOf(item),
    );
    return { kind: "tuple", text: "", labels, children };
  }

  /**
   * Finds the fields that are data: own properties, but not methods, accessors of classes,
   * `#private` members or symbols.
   */
  #record(type: ts.Type): TypeNode {
    const { ts } = this;
    const checker = this.#checker;
    const bases = new Set<string>();
    const fields: [label: string, node: TypeNode][] = [];
    const mayExtend =
      type.isIntersection() ||
      ((type.getSymbol()?.flags ?? 0) & (ts.SymbolFlags.Class | ts.SymbolFlags.Interface)) > 0;
    for (const property of checker.getPropertiesOfType(type)) {
      // Their names contain the compiler's own numbers.
      if (/^__[@#]/.test(property.escapedName as string)) continue;
      const base = mayExtend ? this.#builtInHolder(property) : null;
      if (base !== null) {
        bases.add(base);
        continue;
      }
      const propertyType = checker.getTypeOfSymbol(property);
      const toJson = property.name === "toJSON" ? propertyType.getCallSignatures()[0] : undefined;
      if (toJson) fields.push(["toJSON()", this.nodeOf(checker.getReturnTypeOfSignature(toJson))]);
      else if (this.#isData(property, propertyType))
        fields.push(this.#field(property, propertyType));
    }
    for (const { keyType, type: valueType } of checker.getIndexInfosOfType(type)) {
      fields.push([`[${leafText(ts, keyType) ?? "string"}]`, this.nodeOf(valueType)]);
    }
    fields.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
    return {
      kind: "record",
      text: [...bases].sort().join("&"),
      labels: fields.map(([label]) => label),
      children: fields.map(([, node]) => node),
    };
  }

  #field(property: ts.Symbol, type: ts.Type): [label: string, node: TypeNode] {
    const name = /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(property.name)
      ? property.name
      : JSON.stringify(property.name);
    const isOptional = (property.flags & this.ts.SymbolFlags.Optional) > 0;
    return isOptional ? [`${name}?`, this.#withoutUndefined(type)] : [name, this.nodeOf(type)];
  }

  #isData(property: ts.Symbol, type: ts.Type): boolean {
    const { ts } = this;
    if (property.flags & ts.SymbolFlags.Method) return false;
    if (
      property.flags & ts.SymbolFlags.Accessor &&
      property.declarations?.some(({ parent }) => ts.isClassLike(parent))
    ) {
      return false;
    }
    return !isFunction(this.#checker.getNonNullableType(type));
  }

  /** Treats `a?: T` as `a?: T | undefined`, with or without exactOptionalPropertyTypes. */
  #withoutUndefined(type: ts.Type): TypeNode {
    const { Undefined } = this.ts.TypeFlags;
    if (!type.isUnion()) return this.nodeOf(type);
    const rest = type.types.filter((member) => !(member.flags & Undefined));
    const [only] = rest;
    return rest.length === 1 && only ? this.nodeOf(only) : this.#later(() => this.#union(rest));
  }

  #builtInHolder(property: ts.Symbol): string | null {
    const { ts } = this;
    const declaration = property.declarations?.[0];
    if (!declaration || !this.#isBuiltInFile(declaration.getSourceFile())) return null;
    const { parent } = declaration;
    return ts.isInterfaceDeclaration(parent) || ts.isClassDeclaration(parent)
      ? (parent.name?.text ?? null)
      : null;
  }

  /**
   * Whether the standard library or Node declares it. The user may have added declarations to it.
   */
  #isBuiltIn(symbol: ts.Symbol): boolean {
    return (
      symbol.declarations?.some((declaration) =>
        this.#isBuiltInFile(declaration.getSourceFile()),
      ) ?? false
    );
  }

  #isBuiltInFile(file: ts.SourceFile): boolean {
    return (
      this.program.isSourceFileDefaultLibrary(file) ||
      /\/node_modules\/(@types\/(node|bun)|bun-types|undici-types)\//.test(file.fileName)
    );
  }
}

/** Returns the text of a type that holds no other types, or null if it does. */
function leafText({ TypeFlags }: Compiler, type: ts.Type): string | null {
  const { flags } = type;
  if (flags & TypeFlags.Any) return "any";
  if (flags & TypeFlags.Unknown) return "unknown";
  if (flags & TypeFlags.Boolean) return "boolean";
  if (flags & TypeFlags.Union) return null;
  if (flags & (TypeFlags.StringLiteral | TypeFlags.NumberLiteral))
    return JSON.stringify((type as ts.LiteralType).value);
  if (flags & TypeFlags.BigIntLiteral) {
    const { negative, base10Value } = (type as ts.BigIntLiteralType).value;
    return `${negative ? "-" : ""}${base10Value}n`;
  }
  if (flags & TypeFlags.BooleanLiteral)
    return (type as unknown as { intrinsicName: string }).intrinsicName;
  // A pattern of strings is stored as a string, whatever it is made of.
  if (flags & TypeFlags.StringLike) return "string";
  if (flags & TypeFlags.NumberLike) return "number";
  if (flags & TypeFlags.BigInt) return "bigint";
  if (flags & TypeFlags.ESSymbolLike) return "symbol";
  if (flags & TypeFlags.Null) return "null";
  if (flags & TypeFlags.VoidLike) return "undefined";
  if (flags & TypeFlags.Never) return "never";
  return flags & TypeFlags.NonPrimitive ? "object" : null;
}

function isFunction(type: ts.Type): boolean {
  return type.getCallSignatures().length + type.getConstructSignatures().length > 0;
}

function isObject({ TypeFlags }: Compiler, type: ts.Type): type is ts.ObjectType {
  return (type.flags & TypeFlags.Object) > 0;
}

function leaf(text: string): TypeNode {
  return { kind: "leaf", text, labels: [], children: [] };
}

function named(name: string, args: readonly TypeNode[]): TypeNode {
  return { kind: "named", text: name, labels: [], children: args };
}
