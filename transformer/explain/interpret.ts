import type ts from "typescript";

/**
 * Interprets the small language of placeholders, node by node, over plain data. It shows the key
 * that a source makes without running any of that source. It knows names and paths of the data's
 * own properties, operators, and the methods in the tables below. Nothing else in the language can
 * be reached, neither a constructor nor a prototype, and time and memory are bounded.
 */
export function callTemplate(
  compiler: typeof ts,
  method: ts.MethodDeclaration,
  self: unknown,
  args: readonly unknown[],
): unknown {
  return new Interpreter(compiler, self).call(method, args);
}

/** @param names the names that the expression may read */
export function interpret(
  compiler: typeof ts,
  node: ts.Expression,
  names: ReadonlyMap<string, unknown>,
): unknown {
  return new Interpreter(compiler, undefined).value(node, new Map(names));
}

/**
 * Thrown for features of the language that this interpreter does not have, or not for values like
 * these.
 */
class CantBeShown extends Error {}

type Scope = Map<string, unknown>;
type Closure = (...args: unknown[]) => unknown;

const mostSteps = 10_000;
/** The maximum number of characters and elements that are made in total. */
const mostMade = 1_000_000;
/**
 * The most parts of a value that is turned into text as a whole, because one list may occur in
 * another many times.
 */
const mostParts = 10_000;

const constants: ReadonlyMap<string, unknown> = new Map<string, unknown>([
  ["undefined", undefined],
  ["NaN", NaN],
  ["Infinity", Infinity],
]);

const functions: ReadonlyMap<string, Closure> = new Map<string, Closure>([
  ["String", (value) => textOf(value)],
  ["Number", (value) => Number(primitive(value))],
  ["Boolean", Boolean],
  ["BigInt", (value) => BigInt(primitive(value) as string)],
  [
    "parseInt",
    (text, radix) => Reflect.apply(parseInt, undefined, [textOf(text), primitive(radix)]) as number,
  ],
  ["parseFloat", (text) => parseFloat(textOf(text))],
  ["encodeURIComponent", (text) => encodeURIComponent(textOf(text))],
]);

const members: ReadonlyMap<string, Closure> = new Map<string, Closure>([
  ...[
    "abs",
    "ceil",
    "floor",
    "max",
    "min",
    "pow",
    "round",
    "sign",
    "sqrt",
    "trunc",
    "log",
    "log2",
    "log10",
  ].map(
    (name) =>
      [
        `Math.${name}`,
        (...args: unknown[]) =>
          (Math as unknown as Record<string, (...args: unknown[]) => number>)[name]?.(
            ...args.map(primitive),
          ),
      ] as const,
  ),
  ["Array.isArray", Array.isArray],
  ["Array.from", (list) => [...listOf(list)]],
  ["JSON.stringify", (value) => JSON.stringify(small(value))],
  ["Object.keys", (value) => Object.keys(record(value))],
  ["Object.values", (value) => Object.values(record(value)) as unknown[]],
  ["Object.entries", (value) => Object.entries(record(value))],
  ["Number.isInteger", Number.isInteger],
  ["Number.isFinite", Number.isFinite],
  ["Number.isNaN", Number.isNaN],
]);

const stringMethods = new Set(
  "toString toLowerCase toUpperCase trim trimStart trimEnd slice substring at charAt charCodeAt codePointAt indexOf lastIndexOf includes startsWith endsWith split concat padStart padEnd repeat replace replaceAll normalize".split(
    " ",
  ),
);
const numberMethods = new Set(["toString", "toFixed", "toPrecision", "toExponential"]);
const arrayMethods = new Set(
  "map filter every some find findIndex slice join includes indexOf lastIndexOf concat at sort toSorted reverse toReversed reduce".split(
    " ",
  ),
);
const dateMethods = /^(?:get\w+|toISOString|toJSON|valueOf)$/;
const collectionMethods = new Set(["get", "has"]);
const listingMethods = new Set(["keys", "values", "entries"]);

class Interpreter {
  #steps = 0;
  #made = 0;

  constructor(
    private readonly ts: typeof import("typescript"),
    private readonly self: unknown,
  ) {}

  /**
   * Calls a function of a plan: parameters, patterns that take them apart, and a returned
   * expression.
   */
  call({ parameters, body }: ts.MethodDeclaration, args: readonly unknown[]): unknown {
    const { ts } = this;
    const scope: Scope = new Map();
    this.#bindParameters(parameters, args, scope);
    for (const statement of body?.statements ?? []) {
      if (ts.isReturnStatement(statement) && statement.expression)
        return this.value(statement.expression, scope);
      if (!ts.isVariableStatement(statement)) break;
      for (const { name, initializer } of statement.declarationList.declarations)
        this.#bind(name, initializer && this.value(initializer, scope), scope);
    }
    throw new CantBeShown();
  }

  value(node: ts.Expression, scope: Scope): unknown {
    if (++this.#steps > mostSteps) throw new CantBeShown();
    return this.#counted(this.#evaluate(node, scope));
  }

  #counted<Value>(value: Value): Value {
    if (typeof value === "string" || Array.isArray(value)) this.#spend(value.length);
    return value;
  }

  #spend(size: number): void {
    this.#made += Math.max(size, 0);
    if (Number.isNaN(this.#made) || this.#made > mostMade) throw new CantBeShown();
  }

  #evaluate(node: ts.Expression, scope: Scope): unknown {
    const { ts } = this;
    const { SyntaxKind } = ts;
    if (ts.isParenthesizedExpression(node) || ts.isNonNullExpression(node))
      return this.value(node.expression, scope);
    if (ts.isStringLiteralLike(node)) return node.text;
    if (ts.isNumericLiteral(node)) return Number(node.text);
    if (ts.isBigIntLiteral(node)) return BigInt(node.text.slice(0, -1));
    if (ts.isRegularExpressionLiteral(node)) return plainPattern(node.text);
    if (ts.isIdentifier(node)) return this.#name(node.text, scope);
    if (
      ts.isPropertyAccessExpression(node) ||
      ts.isElementAccessExpression(node) ||
      ts.isCallExpression(node)
    ) {
      const value = this.#chain(node, scope);
      return value === brokenOff ? undefined : value;
    }
    if (ts.isTemplateExpression(node)) return this.#template(node, scope);
    if (ts.isConditionalExpression(node))
      return this.value(this.value(node.condition, scope) ? node.whenTrue : node.whenFalse, scope);
    if (ts.isBinaryExpression(node)) return this.#binary(node, scope);
    if (ts.isPrefixUnaryExpression(node)) return this.#unary(node, scope);
    if (ts.isTypeOfExpression(node)) return typeof this.value(node.expression, scope);
    if (ts.isArrayLiteralExpression(node)) return this.#list(node.elements, scope);
    if (ts.isObjectLiteralExpression(node)) return this.#record(node, scope);
    if (ts.isArrowFunction(node)) return this.#closure(node, scope);
    switch (node.kind) {
      case SyntaxKind.ThisKeyword:
        return this.self;
      case SyntaxKind.NullKeyword:
        return null;
      case SyntaxKind.TrueKeyword:
        return true;
      case SyntaxKind.FalseKeyword:
        return false;
      default:
        throw new CantBeShown();
    }
  }

  #name(name: string, scope: Scope): unknown {
    if (scope.has(name)) return scope.get(name);
    if (constants.has(name)) return constants.get(name);
    throw new CantBeShown();
  }

  /** Returns `brokenOff` where a `?.` has ended the whole chain. */
  #chain(node: ts.Expression, scope: Scope): unknown {
    const { ts } = this;
    if (ts.isCallExpression(node)) return this.#callOf(node, scope);
    if (!ts.isPropertyAccessExpression(node) && !ts.isElementAccessExpression(node))
      return this.value(node, scope);
    const owner = this.#chain(node.expression, scope);
    if (owner === brokenOff || (node.questionDotToken && (owner === null || owner === undefined)))
      return brokenOff;
    return propertyOf(owner, this.#memberName(node, scope));
  }

  #memberName(
    node: ts.PropertyAccessExpression | ts.ElementAccessExpression,
    scope: Scope,
  ): string {
    return this.ts.isPropertyAccessExpression(node)
      ? node.name.text
      : String(primitive(this.value(node.argumentExpression, scope)));
  }

  #callOf(node: ts.CallExpression, scope: Scope): unknown {
    const { ts } = this;
    const callee = node.expression;
    if (ts.isIdentifier(callee)) {
      // A template gets the function that encodes a value as its first argument. An arrow function
      // in a scope is the interpreter's own, too.
      const made = scope.get(callee.text);
      const known = typeof made === "function" ? (made as Closure) : functions.get(callee.text);
      if (!known || (scope.has(callee.text) && typeof made !== "function")) throw new CantBeShown();
      const args = this.#list(node.arguments, scope);
      return known(...(typeof made === "function" ? args.map(small) : args));
    }
    if (!ts.isPropertyAccessExpression(callee)) throw new CantBeShown();
    const name = callee.name.text;
    if (ts.isIdentifier(callee.expression) && !scope.has(callee.expression.text)) {
      const known = members.get(`${callee.expression.text}.${name}`);
      if (known) return known(...this.#list(node.arguments, scope));
    }
    const owner = this.#chain(callee.expression, scope);
    if (owner === brokenOff || (callee.questionDotToken && (owner === null || owner === undefined)))
      return brokenOff;
    if (node.questionDotToken) throw new CantBeShown();
    return this.#method(owner, name, this.#list(node.arguments, scope));
  }

  #method(owner: unknown, name: string, args: readonly unknown[]): unknown {
    if (typeof owner === "string") return this.#methodOfText(owner, name, args);
    if (typeof owner === "number" && numberMethods.has(name))
      return invoke(Number.prototype, name, owner, args);
    if (typeof owner === "bigint" && name === "toString") return owner.toString();
    if (typeof owner === "boolean" && name === "toString") return String(owner);
    if (Array.isArray(owner)) return this.#methodOfList(owner, name, args);
    if (owner instanceof Date && dateMethods.test(name))
      return invoke(Date.prototype, name, owner, []);
    const collection =
      owner instanceof Map ? Map.prototype : owner instanceof Set ? Set.prototype : null;
    if (collection && collectionMethods.has(name)) return invoke(collection, name, owner, args);
    if (collection && listingMethods.has(name))
      return [...(invoke(collection, name, owner, []) as Iterable<unknown>)];
    throw new CantBeShown();
  }

  #methodOfText(text: string, name: string, args: readonly unknown[]): unknown {
    if (!stringMethods.has(name)) throw new CantBeShown();
    const [first, second] = args;
    if (name === "repeat") this.#spend(text.length * Number(primitive(first)));
    if (name === "padStart" || name === "padEnd") this.#spend(Number(primitive(first)));
    if (name === "replace" || name === "replaceAll") {
      if (typeof second !== "string" || second.includes("$")) throw new CantBeShown();
      this.#spend((text.length + 1) * second.length);
    }
    if (first instanceof RegExp) {
      if (text.length > longestMatched || !["replace", "replaceAll", "split"].includes(name))
        throw new CantBeShown();
      return invoke(String.prototype, name, text, args);
    }
    return invoke(String.prototype, name, text, args.map(primitive));
  }

  #methodOfList(list: readonly unknown[], name: string, args: readonly unknown[]): unknown {
    if (!arrayMethods.has(name)) throw new CantBeShown();
    this.#spend(list.length);
    if (name === "join") {
      const texts = list.map((item) => (item === null || item === undefined ? "" : textOf(item)));
      const between = args[0] === undefined ? "," : textOf(args[0]);
      for (const text of texts) this.#spend(text.length + between.length);
      return texts.join(between);
    }
    if (name === "concat") for (const one of args) if (Array.isArray(one)) this.#spend(one.length);
    if ((name === "sort" || name === "toSorted") && args.length === 0) list.forEach(textOf);
    return invoke(Array.prototype, name, list, args);
  }

  #template(node: ts.TemplateExpression, scope: Scope): string {
    let text = node.head.text;
    for (const span of node.templateSpans)
      text = this.#counted(text + textOf(this.value(span.expression, scope)) + span.literal.text);
    return text;
  }

  #binary({ left, operatorToken, right }: ts.BinaryExpression, scope: Scope): unknown {
    const { SyntaxKind } = this.ts;
    const before = this.value(left, scope);
    switch (operatorToken.kind) {
      case SyntaxKind.AmpersandAmpersandToken:
        return before && this.value(right, scope);
      case SyntaxKind.BarBarToken:
        return before || this.value(right, scope);
      case SyntaxKind.QuestionQuestionToken:
        return before ?? this.value(right, scope);
      case SyntaxKind.EqualsEqualsEqualsToken:
        return before === this.value(right, scope);
      case SyntaxKind.ExclamationEqualsEqualsToken:
        return before !== this.value(right, scope);
      default:
        return this.#operate(operatorToken.kind, before, this.value(right, scope));
    }
  }

  /** Only operates on primitive values, because others would be converted by a method of theirs. */
  #operate(operator: ts.SyntaxKind, before: unknown, after: unknown): unknown {
    const { SyntaxKind } = this.ts;
    // The casts treat them as numbers; the operator handles what they really are.
    const [a, b] = [primitive(before) as number, primitive(after) as number];
    switch (operator) {
      case SyntaxKind.PlusToken:
        return a + b;
      case SyntaxKind.MinusToken:
        return a - b;
      case SyntaxKind.AsteriskToken:
        if (typeof before === "bigint") this.#spend(digitsOf(before) * digitsOf(after));
        return a * b;
      case SyntaxKind.SlashToken:
        return a / b;
      case SyntaxKind.PercentToken:
        return a % b;
      case SyntaxKind.AsteriskAsteriskToken:
        if (typeof before === "bigint") throw new CantBeShown();
        return a ** b;
      case SyntaxKind.LessThanToken:
        return a < b;
      case SyntaxKind.LessThanEqualsToken:
        return a <= b;
      case SyntaxKind.GreaterThanToken:
        return a > b;
      case SyntaxKind.GreaterThanEqualsToken:
        return a >= b;
      case SyntaxKind.EqualsEqualsToken:
        // oxlint-disable-next-line eqeqeq -- it is what stands in the expression
        return a == b;
      case SyntaxKind.ExclamationEqualsToken:
        // oxlint-disable-next-line eqeqeq -- it is what stands in the expression
        return a != b;
      default:
        return this.#operateOnBits(operator, a, b);
    }
  }

  #operateOnBits(operator: ts.SyntaxKind, a: number, b: number): number {
    const { SyntaxKind } = this.ts;
    if (typeof a === "bigint" || typeof b === "bigint") throw new CantBeShown();
    switch (operator) {
      case SyntaxKind.AmpersandToken:
        return a & b;
      case SyntaxKind.BarToken:
        return a | b;
      case SyntaxKind.CaretToken:
        return a ^ b;
      case SyntaxKind.LessThanLessThanToken:
        return a << b;
      case SyntaxKind.GreaterThanGreaterThanToken:
        return a >> b;
      case SyntaxKind.GreaterThanGreaterThanGreaterThanToken:
        return a >>> b;
      default:
        throw new CantBeShown();
    }
  }

  #unary({ operator, operand }: ts.PrefixUnaryExpression, scope: Scope): unknown {
    const { SyntaxKind } = this.ts;
    const value = this.value(operand, scope);
    if (operator === SyntaxKind.ExclamationToken) return !value;
    const number = primitive(value) as number;
    if (operator === SyntaxKind.MinusToken) return -number;
    if (operator === SyntaxKind.PlusToken) return numberOf(number);
    if (operator === SyntaxKind.TildeToken) return ~number;
    throw new CantBeShown();
  }

  #list(nodes: readonly ts.Expression[], scope: Scope): unknown[] {
    const { ts } = this;
    return nodes.flatMap((node) =>
      ts.isSpreadElement(node)
        ? this.#counted([...listOf(this.value(node.expression, scope))])
        : [this.value(node, scope)],
    );
  }

  #record({ properties }: ts.ObjectLiteralExpression, scope: Scope): object {
    const { ts } = this;
    const made: object = {};
    for (const property of properties) {
      if (ts.isPropertyAssignment(property))
        define(
          made,
          this.#propertyName(property.name, scope),
          this.value(property.initializer, scope),
        );
      else if (ts.isShorthandPropertyAssignment(property))
        define(made, property.name.text, this.#name(property.name.text, scope));
      else if (ts.isSpreadAssignment(property)) {
        const spread = this.value(property.expression, scope);
        for (const [name, value] of Object.entries(record(spread ?? {}))) define(made, name, value);
      } else throw new CantBeShown();
      this.#spend(1);
    }
    return made;
  }

  #propertyName(name: ts.PropertyName, scope: Scope): string {
    const { ts } = this;
    if (ts.isComputedPropertyName(name))
      return String(primitive(this.value(name.expression, scope)));
    if (ts.isIdentifier(name) || ts.isStringLiteralLike(name)) return name.text;
    if (ts.isNumericLiteral(name)) return String(Number(name.text));
    throw new CantBeShown();
  }

  #closure({ parameters, body }: ts.ArrowFunction, scope: Scope): Closure {
    if (this.ts.isBlock(body)) throw new CantBeShown();
    return (...args) => {
      const inner: Scope = new Map(scope);
      this.#bindParameters(parameters, args, inner);
      return this.value(body, inner);
    };
  }

  #bindParameters(
    parameters: readonly ts.ParameterDeclaration[],
    args: readonly unknown[],
    scope: Scope,
  ): void {
    for (const [i, { name, dotDotDotToken, initializer }] of parameters.entries()) {
      const given = dotDotDotToken ? args.slice(i) : args[i];
      this.#bind(
        name,
        given === undefined && initializer ? this.value(initializer, scope) : given,
        scope,
      );
    }
  }

  #bind(name: ts.BindingName, value: unknown, scope: Scope): void {
    const { ts } = this;
    if (ts.isIdentifier(name)) return void scope.set(name.text, value);
    const taken = new Set<string>();
    for (const [i, element] of name.elements.entries()) {
      if (ts.isOmittedExpression(element)) continue;
      const part = ts.isArrayBindingPattern(name)
        ? this.#item(value, i, element)
        : this.#property(value, element, taken, scope);
      const { initializer } = element;
      this.#bind(
        element.name,
        part === undefined && initializer ? this.value(initializer, scope) : part,
        scope,
      );
    }
  }

  #item(value: unknown, place: number, { dotDotDotToken }: ts.BindingElement): unknown {
    const list = listOf(value);
    return dotDotDotToken ? list.slice(place) : list[place];
  }

  #property(value: unknown, element: ts.BindingElement, taken: Set<string>, scope: Scope): unknown {
    const { ts } = this;
    if (element.dotDotDotToken)
      return Object.fromEntries(Object.entries(record(value)).filter(([key]) => !taken.has(key)));
    const key = element.propertyName
      ? this.#propertyName(element.propertyName, scope)
      : ts.isIdentifier(element.name)
        ? element.name.text
        : "";
    taken.add(key);
    return propertyOf(value, key);
  }
}

const brokenOff = Symbol("broken off");

/**
 * Returns the value's own property. A property of a prototype is either a method, which can only be
 * called, or is hidden.
 */
function propertyOf(owner: unknown, name: string): unknown {
  if (owner === null || owner === undefined || typeof owner === "function") throw new CantBeShown();
  if (typeof owner === "string") {
    if (name === "length") return owner.length;
    if (/^\d+$/.test(name)) return owner[Number(name)];
  }
  if ((owner instanceof Map || owner instanceof Set) && name === "size") return owner.size;
  if (typeof owner === "object") {
    const own = Object.getOwnPropertyDescriptor(owner, name);
    if (own && "value" in own) return own.value as unknown;
    if (own) throw new CantBeShown();
  }
  if (name in Object(owner)) throw new CantBeShown();
  return undefined;
}

function primitive(value: unknown): unknown {
  if (
    (typeof value === "object" && value !== null) ||
    typeof value === "function" ||
    typeof value === "symbol"
  )
    throw new CantBeShown();
  return value;
}

function listOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value as unknown[];
  if (value instanceof Set || value instanceof Map || typeof value === "string")
    return [...(value as Iterable<unknown>)];
  throw new CantBeShown();
}

function record(value: unknown): object {
  if (
    typeof value === "string" ||
    typeof value === "function" ||
    value === null ||
    value === undefined
  )
    throw new CantBeShown();
  return Object(value) as object;
}

function textOf(value: unknown): string {
  return String(small(value));
}

/** Makes sure that plain data has not too many parts, however often one of them occurs in it. */
function small<Value>(value: Value): Value {
  let parts = 0;
  const path = new Set<object>();
  const count = (inner: unknown): void => {
    if (++parts > mostParts || typeof inner === "function") throw new CantBeShown();
    if (typeof inner !== "object" || inner === null || ArrayBuffer.isView(inner)) return;
    if (path.has(inner)) throw new CantBeShown();
    path.add(inner);
    const isCollection = inner instanceof Map || inner instanceof Set;
    for (const part of isCollection ? [...inner].flat() : Object.values(inner)) count(part);
    path.delete(inner);
  };
  count(value);
  return value;
}

function define(owner: object, name: string, value: unknown): void {
  Object.defineProperty(owner, name, {
    value,
    writable: true,
    enumerable: true,
    configurable: true,
  });
}

/** Calls a built-in method of the tables above. */
function invoke(
  prototype: object,
  name: string,
  owner: unknown,
  args: readonly unknown[],
): unknown {
  const method = Object.getOwnPropertyDescriptor(prototype, name)?.value as Closure | undefined;
  if (typeof method !== "function") throw new CantBeShown();
  return method.apply(owner, args as unknown[]);
}

function digitsOf(value: unknown): number {
  return typeof value === "bigint" ? value.toString(16).length : 1;
}

const longestMatched = 500;
const longestPattern = 100;

/**
 * Makes a regular expression that can't take long: nothing in parentheses is repeated, and few
 * things are.
 */
function plainPattern(literal: string): RegExp {
  const [, source = "", flags = ""] = /^\/(.*)\/(\w*)$/s.exec(literal) ?? [];
  const repetitions = source.match(/[*+{]/g)?.length ?? 0;
  if (source.length > longestPattern || /\)[*+?{]|\\[1-9kpP]/.test(source) || repetitions > 2)
    throw new CantBeShown();
  return new RegExp(source, flags);
}

/** Returns what a leading `+` makes of a primitive value. A bigint is an error. */
function numberOf(value: unknown): number {
  if (typeof value === "bigint") throw new CantBeShown();
  return Number(value);
}
