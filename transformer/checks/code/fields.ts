import type ts from "typescript";
import { type FieldWrite, writesInside, writesToOwnField } from "./field-writes";
import { oncePerProgram } from "../../context/once-per-program";
import { type CheckContext } from "../../plan/check-context";
import { namesReadBy } from "./loader-reads";
import { functionAround, holderOfBinding, isWithin } from "./syntax-ranges";
import { writesToField } from "./property-writes";
import { extendersOf, isSameOrExtends, testFile } from "./constructions";
import { isKeptOnce } from "./kept-once";
import { isMadeOfData } from "./data-parts";
import { declaredMember } from "./receiver-reads";
import { isProvidedForCaller, isProvidedOnce } from "./provided-values";
import { isSameInAll, type Viewer } from "./settings";
import { isSetUp, isSetUpForCaller } from "./set-up";
import { isPrimitive } from "../types/value-types";
import { type Sources, sourcesOf } from "./variation";
import { valueSymbol } from "./value-symbol";
import { type Assignment } from "./assignments";

/**
 * A field, and how it affects the entries of a class.
 * constant: it is the same in all instances. given: it is set when an instance is made, or from
 * outside, so that two instances may differ. changing: an instance gives it other values during its
 * life.
 */
export interface Field {
  readonly kind: "constant" | "given" | "changing";
  /** The values that it is made of: parameters of the constructor, or the field itself. */
  readonly sources: Sources;
}

const constant: Field = { kind: "constant", sources: new Set() };

const knownFields = oncePerProgram(
  () => new Map<ts.Node | null, { exact?: Fields; all?: Fields }>(),
);

/** Returns the fields as a viewer sees them, which are classified once in a program. */
export function fieldsFor(context: CheckContext, viewer: Viewer | null): Fields {
  const ofProgram = knownFields(context);
  const ofClass = ofProgram.get(viewer?.of ?? null) ?? {};
  ofProgram.set(viewer?.of ?? null, ofClass);
  return (ofClass[viewer?.exact ? "exact" : "all"] ??= new Fields(context, viewer));
}

/** Classifies the fields of a class's objects, its own and those of its bases. */
class Fields {
  readonly #fields = new Map<ts.Symbol, Field>();

  constructor(
    private readonly context: CheckContext,
    /** Null if `this` is not an object of a class. */
    private readonly viewer: Viewer | null,
  ) {}

  fieldOf(member: ts.Symbol): Field {
    const symbol = declaredMember(this.context, member);
    const known = this.#fields.get(symbol);
    if (known) return known;
    // Set before it is known, because a field may be made of itself.
    this.#fields.set(symbol, constant);
    const field = this.#classify(symbol);
    this.#fields.set(symbol, field);
    return field;
  }

  #classify(symbol: ts.Symbol): Field {
    const { ts } = this.context;
    const declaration = symbol.valueDeclaration;
    if (!declaration || declaration.getSourceFile().isDeclarationFile) return constant;
    if (ts.getCombinedModifierFlags(declaration) & ts.ModifierFlags.Static)
      return this.#ofStatic(declaration);
    const itself = new Set([symbol]);
    if (ts.isPropertySignature(declaration)) return { kind: "given", sources: itself };
    if (ts.isPropertyAssignment(declaration) || ts.isShorthandPropertyAssignment(declaration)) {
      const value = ts.isPropertyAssignment(declaration)
        ? declaration.initializer
        : declaration.name;
      const sources = this.#sourcesOf(value);
      return sources.size > 0 ? { kind: "given", sources } : this.#ofLiteral(symbol, declaration);
    }
    // The class below provides `abstract get tenant()`.
    if (ts.isAccessor(declaration)) return { kind: "given", sources: itself };
    const isParameter = ts.isParameter(declaration);
    if (!isParameter && !ts.isPropertyDeclaration(declaration)) return constant;
    const owner = isParameter ? declaration.parent.parent : declaration.parent;
    if (!ts.isClassLike(owner)) return constant;
    const writes = this.#writesTo(owner, declaration.name.getText());
    const initializers = !isParameter && declaration.initializer ? [declaration.initializer] : [];
    const values = [
      ...initializers,
      ...writes.flatMap(({ value, inConstructor }) => (inConstructor && value ? [value] : [])),
    ];
    const all = isParameter
      ? [parameterSymbol(this.context, declaration)]
      : values.flatMap((value) => [...this.#sourcesOf(value), ...this.#capturedBy(value)]);
    const sources = new Set(all.filter((source) => !this.#isSameInAll(source)));
    const later = writes.filter(({ inConstructor }) => !inConstructor);
    // A counter or a cursor is changing, whatever its first value. A setter stores what its caller
    // passes.
    const moves = later.some(({ value }) => value === null || this.#sourcesOf(value).size === 0);
    if (sources.size > 0) return { kind: moves ? "changing" : "given", sources };
    if (values.length === 0 && !isHidden(ts, declaration) && isFilledIn(ts, declaration, later))
      return { kind: "given", sources: itself };
    if (later.length > 0) return { kind: "changing", sources: itself };
    if (values.some((value) => isProvidedForCaller(this.context, value)))
      return { kind: "given", sources: itself };
    if (!isParameter && values.length > 0 && this.#isSetFromOutside(declaration))
      return { kind: "given", sources: itself };
    return isParameter || values.length > 0 || writes.length > 0
      ? constant
      : { kind: "given", sources: itself };
  }

  /** `accounts.tenant = tenant`, and `this.tenant = tenant` in a method of the literal */
  #ofLiteral(symbol: ts.Symbol, declaration: ts.NamedDeclaration): Field {
    const { ts } = this.context;
    const isLater = ({ node }: Assignment): boolean =>
      functionAround(ts, node) !== null &&
      !isSetUp(this.context, node) &&
      !testFile.test(node.getSourceFile().fileName);
    const later = writesToField(this.context, declaration).filter(isLater);
    if (later.length === 0) return constant;
    const isGiven = later.some(({ value }) => value !== null && this.#sourcesOf(value).size > 0);
    return { kind: isGiven ? "given" : "changing", sources: new Set([symbol]) };
  }

  /**
   * Each call of `function define(table) { return class { static table = table; … } }` makes a
   * class.
   */
  #ofStatic(declaration: ts.Declaration): Field {
    const { ts } = this.context;
    const value = ts.isPropertyDeclaration(declaration) ? declaration.initializer : undefined;
    const sources: Sources =
      value && functionAround(ts, declaration) ? this.#sourcesOf(value) : new Set();
    return sources.size > 0 ? { kind: "given", sources } : constant;
  }

  /** `client.tenant = tenant`, of `tenant = "none"` in the class. */
  #isSetFromOutside(declaration: ts.PropertyDeclaration): boolean {
    const { ts } = this.context;
    if (ts.getCombinedModifierFlags(declaration) & ts.ModifierFlags.Readonly) return false;
    return writesToField(this.context, declaration).some(({ node, value }) => {
      if (value === null || value.getText() === declaration.initializer?.getText()) return false;
      if (
        this.#isOfOwnClass(node, declaration.parent) ||
        testFile.test(node.getSourceFile().fileName)
      )
        return false;
      // `copy.tenant = tenant`, of another object of the class
      if (isWithin(node, declaration.parent)) return this.#sourcesOf(value).size > 0;
      return !isHidden(ts, declaration) && !isSetUp(this.context, node);
    });
  }

  /** Whether a class that extends the owner writes to its own object: `this.isReleased = true`. */
  #isOfOwnClass(write: ts.Node, owner: ts.ClassLikeDeclaration): boolean {
    const { ts } = this.context;
    const around = ts.findAncestor(write, ts.isClassLike);
    const isByThis = ts.isBinaryExpression(write) && write.left.getText().startsWith("this.");
    return isByThis && around !== undefined && isSameOrExtends(this.context, around, owner);
  }

  /**
   * Whether the constructor makes the value of a text that it is given: `this.http = axios.create({
   * baseURL })`.
   */
  isMadeOfData(member: ts.Symbol): boolean {
    const { ts } = this.context;
    const declaration = declaredMember(this.context, member).valueDeclaration;
    if (!declaration || !ts.isPropertyDeclaration(declaration)) return false;
    if (!ts.isClassLike(declaration.parent)) return false;
    const values = this.#writesTo(declaration.parent, declaration.name.getText()).flatMap(
      ({ value, inConstructor }) => (inConstructor && value ? [value] : []),
    );
    if (declaration.initializer) values.push(declaration.initializer);
    const varies = (part: ts.Expression): boolean =>
      [...this.#sourcesOf(part)].some(
        (source) => !this.#isSameInAll(source) && !isInjected(ts, source),
      );
    return values.some((value) => isMadeOfData(this.context, value, varies));
  }

  /**
   * Whether a method of the object sets the field to its own caller's value: `setRegion(region) {
   * this.region = region; }`. What the loader sets itself is not the caller's.
   */
  isSetByCaller(member: ts.Symbol, loader: ts.Node | null = null): boolean {
    return this.#writesOfMethods(member, loader).length > 0;
  }

  /**
   * Whether a method of the object changes the service in the field for its own caller:
   * `login(token) { this.client.defaults.headers.authorization = token; }`. What it keeps under a
   * name in a store is not such a change.
   */
  isReconfigured(member: ts.Symbol, loader: ts.Node): boolean {
    return this.#writesOfMethods(member, loader).some(
      ({ node, isInside }) =>
        isInside &&
        !(this.context.ts.isCallExpression(node) && node.expression.getText().endsWith(".set")),
    );
  }

  #writesOfMethods(
    member: ts.Symbol,
    loader: ts.Node | null,
  ): readonly (FieldWrite & { readonly isInside: boolean })[] {
    const { ts } = this.context;
    const declaration = declaredMember(this.context, member).valueDeclaration;
    if (!declaration || !(ts.isPropertyDeclaration(declaration) || ts.isParameter(declaration)))
      return [];
    const owner = ts.isParameter(declaration) ? declaration.parent.parent : declaration.parent;
    if (!ts.isClassLike(owner)) return [];
    const name = declaration.name.getText();
    const writes = [
      ...this.#writesTo(owner, name).map((write) => ({ ...write, isInside: false })),
      ...this.#writesInside(owner, name).map((write) => ({ ...write, isInside: true })),
    ];
    return writes.filter(
      ({ value, inConstructor, node }) =>
        !inConstructor &&
        value !== null &&
        !(loader && isWithin(node, loader)) &&
        !this.#isSetUpOnce(node) &&
        !isKeptOnce(ts, node, `this.${name}`) &&
        this.#isOfCaller(value, node),
    );
  }

  #isSetUpOnce(write: ts.Node): boolean {
    if (!isSetUp(this.context, write)) return false;
    const method = functionAround(this.context.ts, write);
    return !method || !isSetUpForCaller(this.context, method);
  }

  /**
   * Whether the value is made of what the method is called with, and not only of what the object
   * has.
   */
  #isOfCaller(value: ts.Expression, write: ts.Node): boolean {
    const { ts } = this.context;
    const method = ts.findAncestor(write, (outer) => ts.isClassElement(outer));
    return [...this.#sourcesOf(value)].some(
      ({ valueDeclaration: source }) =>
        source !== undefined && method !== undefined && isWithin(source, method),
    );
  }

  #isSameInAll({ valueDeclaration }: ts.Symbol): boolean {
    if (!valueDeclaration) return false;
    return (
      isSameInAll(this.context, valueDeclaration, this.viewer) ||
      isProvidedOnce(this.context, valueDeclaration)
    );
  }

  /**
   * `tenant` of `this.tenantOf = () => tenant`, which is a parameter of the constructor and data.
   */
  #capturedBy(value: ts.Expression): readonly ts.Symbol[] {
    const { context } = this;
    if (!context.ts.isArrowFunction(value) && !context.ts.isFunctionExpression(value)) return [];
    const constructor = functionAround(context.ts, value);
    return namesReadBy(context, value).flatMap((name) => {
      const symbol = valueSymbol(context, name);
      const isOfConstructor = symbol?.valueDeclaration?.parent === constructor;
      return symbol &&
        isOfConstructor &&
        isPrimitive(context, context.checker.getTypeAtLocation(name))
        ? [symbol]
        : [];
    });
  }

  #sourcesOf(value: ts.Expression): Sources {
    return sourcesOf(this.context, value, (access) => {
      const symbol = this.context.checker.getSymbolAtLocation(access.name);
      return symbol ? this.fieldOf(symbol).sources : new Set();
    });
  }

  #writesInside(declarer: ts.ClassLikeDeclaration, name: string): FieldWrite[] {
    return this.#classesOf(declarer).flatMap((owner) => writesInside(this.context, owner, name));
  }

  /**
   * Returns the class that has the field, and the classes of the viewer's objects that extend it.
   */
  #classesOf(owner: ts.ClassLikeDeclaration): readonly ts.ClassLikeDeclaration[] {
    const { context, viewer } = this;
    const isOfViewer = (one: ts.ClassLikeDeclaration): boolean =>
      !viewer ||
      isSameOrExtends(context, viewer.of, one) ||
      (!viewer.exact && isSameOrExtends(context, one, viewer.of));
    return [owner, ...extendersOf(context, owner).filter(isOfViewer)];
  }

  /** Returns all assignments to the field of `this` in the class and in those that extend it. */
  #writesTo(declarer: ts.ClassLikeDeclaration, name: string): FieldWrite[] {
    return this.#classesOf(declarer).flatMap((owner) =>
      writesToOwnField(this.context, owner, name),
    );
  }
}

/**
 * Whether an ORM fills in a field that the class only resets, `this.archivedAt = null`, or that is
 * a column: `@Column archivedAt: Date | null`.
 */
function isFilledIn(
  compiler: typeof ts,
  declaration: ts.Declaration,
  later: readonly FieldWrite[],
): boolean {
  const decorators = compiler.canHaveDecorators(declaration)
    ? (compiler.getDecorators(declaration) ?? [])
    : [];
  const isColumn = decorators.some(
    ({ expression }) => !/inject|autowired/i.test(expression.getText()),
  );
  return (
    later.length > 0 &&
    later.every(({ value }) => value !== null && (isColumn || isNothing(compiler, value)))
  );
}

/** `@Inject(OPTIONS) options`: a container gives each service of the program the same. */
function isInjected(compiler: typeof ts, { valueDeclaration }: ts.Symbol): boolean {
  if (!valueDeclaration) return false;
  const holder = holderOfBinding(compiler, valueDeclaration);
  return compiler.isParameter(holder) && (compiler.getDecorators(holder) ?? []).length > 0;
}

function isHidden(compiler: typeof ts, declaration: ts.Declaration): boolean {
  const { Private, Protected } = compiler.ModifierFlags;
  return (compiler.getCombinedModifierFlags(declaration) & (Private | Protected)) !== 0;
}

function isNothing(compiler: typeof ts, value: ts.Expression): boolean {
  return value.kind === compiler.SyntaxKind.NullKeyword || value.getText() === "undefined";
}

/**
 * Returns the parameter, not the field that it declares too, because other fields are made of the
 * parameter.
 */
function parameterSymbol(
  { checker }: CheckContext,
  declaration: ts.ParameterDeclaration,
): ts.Symbol {
  const [parameter] = checker.getSymbolsOfParameterPropertyDeclaration(
    declaration,
    declaration.name.getText(),
  );
  return parameter as ts.Symbol;
}
