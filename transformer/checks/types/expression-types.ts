import type ts from "typescript";
import { oncePerProgram } from "../../context/once-per-program";
import { type CheckContext } from "../../plan/check-context";
import { type ExpressionScope } from "./expression-scope";
import { isPlatform } from "./platform-types";
import { membersOf } from "./type-shape";
import { namesIn } from "./names-in";

/** The members of a union, or null if the values are not known. */
export type Types = readonly ts.Type[] | null;

/** A problem in an expression, with the node that has it. */
export type ExpressionFinding =
  | {
      readonly kind: "unknown-property";
      readonly node: ts.Node;
      readonly property: string;
      readonly type: ts.Type;
    }
  | {
      readonly kind: "possibly-undefined";
      readonly node: ts.Node;
      readonly nullish: "undefined" | "null";
    }
  | { readonly kind: "not-callable"; readonly node: ts.Node; readonly type: ts.Type }
  | { readonly kind: "object-in-text"; readonly node: ts.Node; readonly type: ts.Type }
  | {
      readonly kind: "never-equal";
      readonly node: ts.StringLiteralLike;
      readonly known: readonly string[];
    };

type AccessNode = ts.PropertyAccessExpression | ts.ElementAccessExpression;

type Link = AccessNode | ts.CallExpression | ts.NonNullExpression;

/** Knowledge that holds at a node, because conditions before it may have narrowed these names. */
interface Place {
  readonly guarded: ReadonlySet<string>;
  readonly names: ReadonlyMap<string, Types>;
}

/**
 * Types an expression that the program does not contain: it is in a comment, so the checker is
 * asked for the types of its parts only. If a type is not known, nothing is reported: anything but
 * a plain path, call or operator has no type, and after a condition on the same name everything
 * that may be right counts as right.
 */
export class ExpressionTyper {
  constructor(
    private readonly context: CheckContext,
    private readonly scope: ExpressionScope,
    private readonly found: (finding: ExpressionFinding) => void,
  ) {}

  typesOf(node: ts.Expression, place: Place = nowhere): Types {
    const { ts, checker } = this.context;
    const { SyntaxKind } = ts;
    if (ts.isParenthesizedExpression(node)) return this.typesOf(node.expression, place);
    if (ts.isIdentifier(node)) return this.#named(node.text, place);
    if (node.kind === SyntaxKind.ThisKeyword) return this.#flat(this.scope.receiver);
    if (node.kind === SyntaxKind.NullKeyword) return [checker.getNullType()];
    if (node.kind === SyntaxKind.TrueKeyword || node.kind === SyntaxKind.FalseKeyword)
      return [checker.getBooleanType()];
    if (ts.isStringLiteralLike(node)) return [checker.getStringType()];
    if (ts.isNumericLiteral(node)) return [checker.getNumberType()];
    if (ts.isBigIntLiteral(node)) return [checker.getBigIntType()];
    if (ts.isRegularExpressionLiteral(node)) return this.#regExp();
    if (ts.isTemplateExpression(node)) return this.#template(node, place);
    if (this.#isLink(node)) return this.#chain(node, place);
    if (ts.isConditionalExpression(node)) return this.#conditional(node, place);
    if (ts.isBinaryExpression(node)) return this.#binary(node, place);
    if (ts.isPrefixUnaryExpression(node)) return this.#prefix(node, place);
    if (ts.isTypeOfExpression(node))
      return (this.typesOf(node.expression, place), [checker.getStringType()]);
    if (!ts.isArrowFunction(node)) ts.forEachChild(node, (child) => this.#visit(child, place));
    return null;
  }

  /** Visits a node for its findings. */
  #visit(node: ts.Node, place: Place): void {
    const { ts } = this.context;
    if (ts.isPropertyAssignment(node)) this.#visit(node.initializer, place);
    else if (ts.isSpreadElement(node) || ts.isSpreadAssignment(node))
      this.typesOf(node.expression, place);
    else if (ts.isExpression(node) && !ts.isIdentifier(node)) this.typesOf(node, place);
  }

  #named(name: string, { names }: Place): Types {
    const { checker } = this.context;
    if (names.has(name)) return names.get(name) ?? null;
    const type = this.scope.names.get(name);
    if (type) return this.#flat(type);
    if (name === "undefined") return [checker.getUndefinedType()];
    if (name === "NaN" || name === "Infinity") return [checker.getNumberType()];
    const symbol = globalsOf(this.context).get(name);
    return symbol ? this.#flat(checker.getTypeOfSymbol(symbol)) : null;
  }

  #regExp(): Types {
    const symbol = globalsOf(this.context).get("RegExp");
    return symbol ? [this.context.checker.getDeclaredTypeOfSymbol(symbol)] : null;
  }

  #flat(type: ts.Type | null): Types {
    const { TypeFlags } = this.context.ts;
    const members = type ? membersOf(this.context, type) : [];
    const isUnknown = (member: ts.Type): boolean =>
      (member.flags &
        (TypeFlags.Any | TypeFlags.Unknown | TypeFlags.Never | TypeFlags.Instantiable)) !==
      0;
    return members.length === 0 || members.some(isUnknown) ? null : members;
  }

  // ---- Paths and calls ----

  #isLink(node: ts.Node): node is Link {
    const { ts } = this.context;
    return (
      ts.isPropertyAccessExpression(node) ||
      ts.isElementAccessExpression(node) ||
      ts.isCallExpression(node) ||
      ts.isNonNullExpression(node)
    );
  }

  #chain(node: Link, place: Place): Types {
    const { types, isCut } = this.#link(node, place);
    return types && isCut ? [...types, this.context.checker.getUndefinedType()] : types;
  }

  /**
   * Types a link of `a?.b.c`. `isCut` means that an earlier `?.` may have ended the chain, which
   * only matters at its end.
   */
  #link(node: Link, place: Place): { types: Types; isCut: boolean } {
    const { ts } = this.context;
    const { expression } = node;
    const goesOn =
      ts.isOptionalChain(node) && ts.isOptionalChain(expression) && this.#isLink(expression);
    const base = goesOn
      ? this.#link(expression, place)
      : { types: this.typesOf(expression, place), isCut: false };
    if (ts.isNonNullExpression(node))
      return { ...base, types: base.types && this.#withoutNullish(base.types) };
    const isOptional = node.questionDotToken !== undefined;
    const types =
      base.types &&
      (isOptional
        ? this.#withoutNullish(base.types)
        : this.#present(base.types, expression, place));
    const isCut = base.isCut || (isOptional && types?.length !== base.types?.length);
    if (ts.isCallExpression(node)) return { types: this.#called(types, node, place), isCut };
    const name = this.#accessedName(node, place);
    return {
      types: types && name !== null ? this.#property(types, name, node, place) : null,
      isCut,
    };
  }

  #withoutNullish(types: readonly ts.Type[]): readonly ts.Type[] {
    return types.filter((type) => !this.#isNullish(type));
  }

  #isNullish({ flags }: ts.Type): boolean {
    const { TypeFlags } = this.context.ts;
    return (flags & (TypeFlags.Undefined | TypeFlags.Null | TypeFlags.Void)) !== 0;
  }

  /** Returns the types that a step without `?.` reads from. */
  #present(types: readonly ts.Type[], node: ts.Expression, place: Place): readonly ts.Type[] {
    const present = this.#withoutNullish(types);
    if (present.length < types.length && !this.#isGuarded(node, place)) {
      const isNull = types.every(
        (type) => !this.#isNullish(type) || type.flags & this.context.ts.TypeFlags.Null,
      );
      this.found({ kind: "possibly-undefined", node, nullish: isNull ? "null" : "undefined" });
    }
    return present;
  }

  #isGuarded(node: ts.Node, { guarded }: Place): boolean {
    return [...namesIn(this.context.ts, node)].some((name) => guarded.has(name));
  }

  #accessedName(node: AccessNode, place: Place): string | null {
    const { ts } = this.context;
    if (ts.isPropertyAccessExpression(node)) return node.name.text;
    const { argumentExpression: argument } = node;
    this.typesOf(argument, place);
    return ts.isStringLiteralLike(argument) || ts.isNumericLiteral(argument) ? argument.text : null;
  }

  #property(types: readonly ts.Type[], name: string, node: AccessNode, place: Place): Types {
    const { ts } = this.context;
    const values = types.map((type) => this.#propertyOf(type, name));
    const missing = values.indexOf(null);
    if (missing < 0) return this.#union(values.map((value) => this.#flat(value)));
    // A condition may have selected one of a union's members.
    const isKnown =
      !this.#isGuarded(node.expression, place) || values.every((value) => value === null);
    if (isKnown && types.length > 0) {
      const at = ts.isPropertyAccessExpression(node) ? node.name : node.argumentExpression;
      this.found({
        kind: "unknown-property",
        node: at,
        property: name,
        type: types[missing] as ts.Type,
      });
    }
    return null;
  }

  #propertyOf(type: ts.Type, name: string): ts.Type | null {
    const { ts, checker, compilerOptions } = this.context;
    const apparent = checker.getApparentType(type);
    const property = checker.getPropertyOfType(apparent, name);
    if (property) return checker.getTypeOfSymbol(property);
    const isNumber = /^\d+$/.test(name);
    // `{ [name: string]: … }`, an array's `[index: number]`, or `{ [id: `user-${string}`]: … }`.
    const index = checker
      .getIndexInfosOfType(apparent)
      .find(({ keyType }) => isNumber || !(keyType.flags & ts.TypeFlags.Number));
    // Only a union can include undefined, and none can be created here.
    return index && compilerOptions.noUncheckedIndexedAccess
      ? checker.getAnyType()
      : (index?.type ?? null);
  }

  #called(callees: Types, node: ts.CallExpression, place: Place): Types {
    const { ts, checker } = this.context;
    const signatures =
      callees?.map((callee) => this.#signatureFor(callee, node.arguments.length)) ?? [];
    const uncalled = signatures.indexOf(null);
    if (callees && uncalled >= 0) {
      const { expression } = node;
      const at = ts.isPropertyAccessExpression(expression) ? expression.name : expression;
      this.found({ kind: "not-callable", node: at, type: callees[uncalled] as ts.Type });
    }
    node.arguments.forEach((argument, i) =>
      this.#argument(argument, signatures[0] ?? null, i, place),
    );
    this.#textOf(node, place);
    if (!callees || uncalled >= 0) return null;
    return this.#union(
      signatures.map((signature) =>
        this.#flat(checker.getReturnTypeOfSignature(signature as ts.Signature)),
      ),
    );
  }

  /** Returns the last overload that takes as many arguments, because it is the most general one. */
  #signatureFor(callee: ts.Type, count: number): ts.Signature | null {
    const { ts, checker } = this.context;
    const signatures = checker.getSignaturesOfType(
      checker.getApparentType(callee),
      ts.SignatureKind.Call,
    );
    return (
      signatures.findLast(({ parameters }) => count <= parameters.length) ??
      signatures.at(-1) ??
      null
    );
  }

  /**
   * Types an argument. An arrow function's parameters have the types that the called function gives
   * them.
   */
  #argument(
    argument: ts.Expression,
    signature: ts.Signature | null,
    i: number,
    place: Place,
  ): void {
    const { ts, checker } = this.context;
    if (!ts.isArrowFunction(argument)) return this.#visit(argument, place);
    const symbol = signature?.parameters[i];
    const [callback] = symbol ? checker.getTypeOfSymbol(symbol).getCallSignatures() : [];
    const names = new Map(place.names);
    argument.parameters.forEach(({ name }, j) => {
      const given = callback?.parameters[j];
      for (const bound of namesIn(ts, name)) names.set(bound, null);
      if (ts.isIdentifier(name))
        names.set(name.text, given ? this.#flat(checker.getTypeOfSymbol(given)) : null);
    });
    // Elements that are undefined, or of another type, may have been filtered out before.
    if (!ts.isBlock(argument.body))
      this.typesOf(argument.body, { guarded: this.#guardedBy(place, argument), names });
  }

  // ---- Operators ----

  #conditional(node: ts.ConditionalExpression, place: Place): Types {
    this.typesOf(node.condition, place);
    const inner = { ...place, guarded: this.#guardedBy(place, node.condition) };
    return this.#union([this.typesOf(node.whenTrue, inner), this.typesOf(node.whenFalse, inner)]);
  }

  #guardedBy({ guarded }: Place, condition: ts.Node): Place["guarded"] {
    return new Set([...guarded, ...namesIn(this.context.ts, condition)]);
  }

  /** Types a chain of operators, which is a tree that is deep on its left. */
  #binary(node: ts.BinaryExpression, place: Place): Types {
    const { ts } = this.context;
    const chain = [node];
    for (let { left } = node; ts.isBinaryExpression(left); { left } = left) chain.unshift(left);
    const first = this.typesOf((chain[0] as ts.BinaryExpression).left, place);
    return chain.reduce((types, one) => this.#operation(one, types, place), first);
  }

  /** @param first the types to the left of the operator */
  #operation(node: ts.BinaryExpression, first: Types, place: Place): Types {
    const { ts, checker } = this.context;
    const { SyntaxKind } = ts;
    const { left, right } = node;
    const { kind } = node.operatorToken;
    if (
      kind === SyntaxKind.AmpersandAmpersandToken ||
      kind === SyntaxKind.BarBarToken ||
      kind === SyntaxKind.QuestionQuestionToken
    ) {
      const second = this.typesOf(right, { ...place, guarded: this.#guardedBy(place, left) });
      return this.#union([
        kind === SyntaxKind.AmpersandAmpersandToken ? first : first && this.#withoutNullish(first),
        second,
      ]);
    }
    const second = this.typesOf(right, place);
    if (kind === SyntaxKind.PlusToken) return this.#sum(node, first, second);
    if (
      kind === SyntaxKind.EqualsEqualsEqualsToken ||
      kind === SyntaxKind.ExclamationEqualsEqualsToken
    ) {
      this.#compare(first, right);
      this.#compare(second, left);
    }
    const isArithmetic = kind >= SyntaxKind.MinusToken && kind <= SyntaxKind.PercentToken;
    if (!isArithmetic) return isComparison(ts, kind) ? [checker.getBooleanType()] : null;
    return first?.every(({ flags }) => flags & ts.TypeFlags.NumberLike)
      ? [checker.getNumberType()]
      : null;
  }

  #sum({ left, right }: ts.BinaryExpression, first: Types, second: Types): Types {
    const { ts, checker } = this.context;
    const isAll = (types: Types, flag: ts.TypeFlags): boolean =>
      types !== null && types.length > 0 && types.every(({ flags }) => flags & flag);
    if (isAll(first, ts.TypeFlags.StringLike)) this.#inText(right, second);
    if (isAll(second, ts.TypeFlags.StringLike)) this.#inText(left, first);
    if (isAll(first, ts.TypeFlags.StringLike) || isAll(second, ts.TypeFlags.StringLike))
      return [checker.getStringType()];
    return isAll(first, ts.TypeFlags.NumberLike) && isAll(second, ts.TypeFlags.NumberLike)
      ? [checker.getNumberType()]
      : null;
  }

  /** Checks `status === "activ"`, if status is one of some literals. */
  #compare(types: Types, node: ts.Expression): void {
    const { ts } = this.context;
    if (!types || !ts.isStringLiteralLike(node)) return;
    const known = this.#withoutNullish(types).map((type) =>
      type.isStringLiteral() ? type.value : null,
    );
    if (known.length > 0 && !known.includes(null) && !known.includes(node.text)) {
      this.found({ kind: "never-equal", node, known: known as string[] });
    }
  }

  #prefix({ operator, operand }: ts.PrefixUnaryExpression, place: Place): Types {
    const { ts, checker } = this.context;
    const types = this.typesOf(operand, place);
    if (operator === ts.SyntaxKind.ExclamationToken) return [checker.getBooleanType()];
    if (operator === ts.SyntaxKind.PlusToken) return [checker.getNumberType()];
    return types?.every(({ flags }) => flags & ts.TypeFlags.NumberLike)
      ? [checker.getNumberType()]
      : null;
  }

  // ---- Text ----

  #template(node: ts.TemplateExpression, place: Place): Types {
    for (const { expression } of node.templateSpans)
      this.#inText(expression, this.typesOf(expression, place));
    return [this.context.checker.getStringType()];
  }

  /** `String(org)` */
  #textOf({ expression, arguments: [argument] }: ts.CallExpression, place: Place): void {
    const { ts } = this.context;
    if (
      !argument ||
      !ts.isIdentifier(expression) ||
      expression.text !== "String" ||
      this.scope.names.has("String")
    )
      return;
    const silent = new ExpressionTyper(this.context, this.scope, () => {});
    this.#inText(argument, silent.typesOf(argument, place));
  }

  #inText(node: ts.Expression, types: Types): void {
    const type = types?.find((one) => this.isShapeless(one));
    if (type) this.found({ kind: "object-in-text", node, type });
  }

  /** Whether its text is `[object Object]`, whatever it contains. */
  isShapeless(type: ts.Type): boolean {
    const { ts, checker } = this.context;
    if (
      !(type.flags & ts.TypeFlags.Object) ||
      checker.isArrayLikeType(type) ||
      type.getCallSignatures().length > 0
    )
      return false;
    if (checker.getPropertiesOfType(type).some(({ name }) => name.startsWith("__@toPrimitive")))
      return false;
    const property = checker.getPropertyOfType(checker.getApparentType(type), "toString");
    const [declaration] = property?.declarations ?? [];
    return (
      declaration !== undefined &&
      ts.isInterfaceDeclaration(declaration.parent) &&
      declaration.parent.name.text === "Object"
    );
  }

  #union(all: readonly Types[]): Types {
    return all.includes(null)
      ? null
      : [...new Set((all as readonly (readonly ts.Type[])[]).flat())];
  }
}

const nowhere: Place = { guarded: new Set(), names: new Map() };

function isComparison({ SyntaxKind }: typeof ts, kind: ts.SyntaxKind): boolean {
  const isEquality =
    kind >= SyntaxKind.EqualsEqualsToken && kind <= SyntaxKind.ExclamationEqualsEqualsToken;
  const isOrder = kind >= SyntaxKind.LessThanToken && kind <= SyntaxKind.GreaterThanEqualsToken;
  return (
    isEquality || isOrder || kind === SyntaxKind.InKeyword || kind === SyntaxKind.InstanceOfKeyword
  );
}

/** Returns the names of the language that an expression may use. */
const globalsOf = oncePerProgram((context: CheckContext): ReadonlyMap<string, ts.Symbol> => {
  const { ts, checker, sourceFile } = context;
  const symbols = checker
    .getSymbolsInScope(sourceFile, ts.SymbolFlags.Value)
    .filter((symbol) => isPlatform(context, symbol));
  return new Map(symbols.map((symbol) => [symbol.name, symbol]));
});
