import type ts from "typescript";
import { type CheckContext } from "../../plan/check-context";
import { anyName, literalNames, namesOf } from "./literal-names";
import { unwrap } from "../../context/wrappers";
import { hasOwnThis, holderOfBinding, isWithin } from "./syntax-ranges";
import { resolveAlias } from "./resolve-symbol";
import { keptObjects } from "./kept-objects";
import { valueSymbol } from "./value-symbol";
import { assignmentsTo } from "./assignments";
import { copies, prototypeOf, proxied, reflections } from "./object-copies";
import { type Made, type Origin, type Scope, type Step, variableAt } from "./origin";

export function originsOf(
  context: CheckContext,
  scope: Scope,
  expression: ts.Expression,
): readonly Origin[] {
  return new Tracer(context, scope).of(expression);
}

/**
 * Returns the value that an element is bound to. The rest of an object is the object, as far as its
 * properties are read.
 */
export function elementOrigins(
  context: CheckContext,
  element: ts.BindingElement,
  values: readonly Origin[],
): readonly Origin[] {
  const { ts, checker } = context;
  if (element.dotDotDotToken) return values;
  const key = element.propertyName ?? element.name;
  if (ts.isObjectBindingPattern(key) || ts.isArrayBindingPattern(key)) return [];
  const type = checker.getApparentType(checker.getTypeAtLocation(element.parent));
  return namesOf(context, key).flatMap((name) => {
    const symbol = checker.getPropertyOfType(type, name);
    return values.flatMap((origin) => step(context, origin, { name, symbol, node: element }));
  });
}

export function propertyOrigins(
  context: CheckContext,
  origins: readonly Origin[],
  object: ts.Expression,
  name: string,
  node: ts.Node,
  known?: ts.Symbol,
): readonly Origin[] {
  if (origins.length === 0) return origins;
  const { checker } = context;
  const symbol =
    known ??
    checker.getPropertyOfType(checker.getApparentType(checker.getTypeAtLocation(object)), name);
  return origins.flatMap((origin) => step(context, origin, { name, symbol, node }));
}

/** Returns the class, or other declaration of the members, of the value's type. */
export function classOf({ checker }: CheckContext, node: ts.Node): ts.Symbol | undefined {
  return checker
    .getApparentType(checker.getNonNullableType(checker.getTypeAtLocation(node)))
    .getSymbol();
}

function step(context: CheckContext, origin: Origin, next: Step): readonly Origin[] {
  const { root, steps } = origin;
  const exported = steps.length === 0 ? exportOf(context, root, next.name) : null;
  if (exported) return [{ root: exported, steps: [] }];
  // What a computed name reads of anything but the receiver is what the loader looks up there.
  if (next.name === anyName && !(root === "receiver" && steps.length === 0)) return [];
  const part =
    root !== "receiver" && "made" in root && steps.length === 0
      ? partOf(context, root, next)
      : null;
  return (
    part ?? [{ ...origin, steps: [...steps, { ...next, symbol: memberOf(context, origin, next) }] }]
  );
}

/** `tenant` of `State.tenant`, where `State` is a namespace or the import of a whole module. */
function exportOf(context: CheckContext, root: Origin["root"], name: string): ts.Symbol | null {
  const { ValueModule } = context.ts.SymbolFlags;
  if (root === "receiver" || "made" in root || !(root.flags & ValueModule)) return null;
  const found = root.exports?.get(name as ts.__String);
  // `currency.code = "EUR"` after `function currency() { … }` declares a property of the function.
  const isProperty = found?.valueDeclaration && context.ts.isExpression(found.valueDeclaration);
  return found && !isProperty ? resolveAlias(context, found) : null;
}

/**
 * Returns the member that the object has, even if the code asserts that the object is of another
 * type, such as any.
 */
function memberOf(
  { checker }: CheckContext,
  origin: Origin,
  { name, symbol }: Step,
): ts.Symbol | undefined {
  const { root, steps, type, isSuper } = origin;
  if (root === "receiver" && steps.length === 0)
    return (isSuper ? null : type?.getProperty(name)) ?? symbol;
  if (symbol) return symbol;
  const holder =
    steps.length > 0
      ? steps.at(-1)?.symbol
      : root !== "receiver" && !("made" in root)
        ? root
        : undefined;
  return holder && checker.getApparentType(checker.getTypeOfSymbol(holder)).getProperty(name);
}

/** Returns the part of an object made here that has the name, or null if it isn't visible. */
function partOf(
  context: CheckContext,
  { made, scope }: Made,
  next: Step,
): readonly Origin[] | null {
  const { ts } = context;
  if (ts.isObjectLiteralExpression(made)) return partOfLiteral(context, made, scope, next);
  // `new Reader(this)`, with `constructor(private accounts: Accounts)`
  const declaration = next.symbol?.valueDeclaration;
  if (!declaration || !ts.isParameter(declaration)) return null;
  const value = made.arguments?.[declaration.parent.parameters.indexOf(declaration)];
  return value ? originsOf(context, scope, value) : null;
}

/** `1` of `{ ...this, n: 1 }.n`; any other property is that of `this`. */
function partOfLiteral(
  context: CheckContext,
  { properties }: ts.ObjectLiteralExpression,
  scope: Scope,
  next: Step,
): readonly Origin[] | null {
  const { ts, checker } = context;
  for (const property of properties.toReversed()) {
    if (ts.isSpreadAssignment(property)) {
      if (!checker.getPropertyOfType(checker.getTypeAtLocation(property.expression), next.name))
        continue;
      return originsOf(context, scope, property.expression).flatMap((origin) =>
        step(context, origin, next),
      );
    }
    if (property.name?.getText() !== next.name) continue;
    if (ts.isShorthandPropertyAssignment(property)) return originsOf(context, scope, property.name);
    return ts.isPropertyAssignment(property)
      ? originsOf(context, scope, property.initializer)
      : null;
  }
  return null;
}

class Tracer {
  readonly #asked = new Set<ts.Symbol>();

  constructor(
    private readonly context: CheckContext,
    private readonly scope: Scope,
  ) {}

  of(expression: ts.Expression): readonly Origin[] {
    const found: Origin[] = [];
    // The value of `a ?? b ?? c` is one of them. A long chain must not cause a deep recursion.
    const open: ts.Expression[] = [expression];
    for (let next = open.pop(); next; next = open.pop()) {
      const parts = this.#alternatives(next);
      if (parts) open.push(...parts);
      else found.push(...this.#ofPart(unwrap(this.context.ts, next)));
    }
    return found;
  }

  #ofPart(value: ts.Expression): readonly Origin[] {
    const origins = this.#ofValue(value);
    const { receiver } = this.scope;
    return receiver && this.#comesOutAgain(value, origins) ? [receiver] : origins;
  }

  /** Recognises `one` in `[this].map((one) => one.tenant)`. */
  #comesOutAgain(value: ts.Expression, origins: readonly Origin[]): boolean {
    const { body, escaped } = this.scope;
    const isUnknown = (origin: Origin): boolean =>
      this.#isParameterWithin(origin, body) ||
      (typeof origin.root === "object" && "made" in origin.root);
    if (!escaped || !origins.every(isUnknown)) return false;
    return classOf(this.context, value) === escaped;
  }

  /** Whether the origin is a parameter of a nested function, whose arguments are not followed. */
  #isParameterWithin(origin: Origin, body: ts.Node): boolean {
    const declaration = variableAt(origin)?.valueDeclaration;
    if (!declaration || origin.steps.length > 0 || !isWithin(declaration, body)) return false;
    const holder = holderOfBinding(this.context.ts, declaration);
    return this.context.ts.isParameter(holder) && holder.parent !== body;
  }

  #alternatives(expression: ts.Expression): readonly ts.Expression[] | null {
    const { ts } = this.context;
    const value = unwrap(ts, expression);
    if (ts.isConditionalExpression(value)) return [value.whenFalse, value.whenTrue];
    if (ts.isAwaitExpression(value)) return [value.expression];
    if (!ts.isBinaryExpression(value)) return null;
    const { SyntaxKind } = ts;
    const { QuestionQuestionToken, BarBarToken, AmpersandAmpersandToken } = SyntaxKind;
    const { CommaToken, EqualsToken, QuestionQuestionEqualsToken, BarBarEqualsToken } = SyntaxKind;
    switch (value.operatorToken.kind) {
      case QuestionQuestionToken:
      case BarBarToken:
      case QuestionQuestionEqualsToken:
      case BarBarEqualsToken:
        return [value.right, value.left];
      case AmpersandAmpersandToken:
      case CommaToken:
      case EqualsToken:
        return [value.right];
      default:
        return null;
    }
  }

  #ofValue(value: ts.Expression): readonly Origin[] {
    const { ts } = this.context;
    const { ThisKeyword, SuperKeyword } = ts.SyntaxKind;
    if (value.kind === ThisKeyword || value.kind === SuperKeyword) return this.#ofThis(value);
    if (ts.isIdentifier(value)) return this.#ofName(value);
    if (ts.isPropertyAccessExpression(value))
      return this.#ofProperty(value, value.name.text, value.name);
    if (ts.isElementAccessExpression(value)) {
      const names = literalNames(this.context, value.argumentExpression) ?? [anyName];
      return names.flatMap((name) => this.#ofProperty(value, name, null));
    }
    const inside = proxied(ts, value);
    if (inside) return this.of(inside);
    if (ts.isNewExpression(value) || ts.isObjectLiteralExpression(value))
      return [{ root: { made: value, scope: this.scope }, steps: [] }];
    if (ts.isCallExpression(value) && reflections.test(value.expression.getText()))
      return this.#ofReflection(value);
    if (ts.isCallExpression(value) && copies.test(value.expression.getText())) {
      const from = value.arguments.filter((one) => !ts.isStringLiteralLike(one));
      return from.flatMap((one) => this.of(one));
    }
    return ts.isCallExpression(value) ? keptObjects(this.context, value, this.#within) : [];
  }

  readonly #within = (scope: Scope, result: ts.Expression): readonly Origin[] =>
    originsOf(this.context, scope, result);

  #ofProperty(
    access: ts.PropertyAccessExpression | ts.ElementAccessExpression,
    name: string,
    nameNode: ts.MemberName | null,
  ): readonly Origin[] {
    const origins = this.of(access.expression);
    if (origins.length === 0) return origins;
    const known = nameNode ? this.context.checker.getSymbolAtLocation(nameNode) : undefined;
    return propertyOrigins(this.context, origins, access.expression, name, access, known);
  }

  /** `Reflect.get(this, "tenant")` */
  #ofReflection({ arguments: [object, name] }: ts.CallExpression): readonly Origin[] {
    if (!object || !name) return [];
    const names = literalNames(this.context, name) ?? [anyName];
    return names.flatMap((one) =>
      propertyOrigins(this.context, this.of(object), object, one, name),
    );
  }

  /**
   * Returns the origin of `this`. A nested function with a `this` of its own shows nothing of the
   * one around it.
   */
  #ofThis(node: ts.Node): readonly Origin[] {
    const { ts } = this.context;
    const { body, receiver } = this.scope;
    for (let at = node; at !== body; at = at.parent)
      if (ts.isSourceFile(at) || hasOwnThis(ts, at)) return [];
    if (!receiver) return [];
    return [node.kind === ts.SyntaxKind.SuperKeyword ? { ...receiver, isSuper: true } : receiver];
  }

  #ofName(name: ts.Identifier): readonly Origin[] {
    const { ts } = this.context;
    const symbol = valueSymbol(this.context, name);
    const known = symbol && this.scope.given.get(symbol);
    if (known || !symbol) return known ?? [];
    const target = resolveAlias(this.context, symbol);
    const declaration = target.valueDeclaration;
    if (!declaration || this.#asked.has(target)) return [];
    if (declaration === this.scope.body || !isWithin(declaration, this.scope.body)) {
      const base = prototypeOf(ts, declaration);
      return [{ root: target, steps: [] }, ...(base ? this.of(base) : [])];
    }
    this.#asked.add(target);
    const origins = this.#ofLocal(declaration);
    this.#asked.delete(target);
    return origins;
  }

  /**
   * Returns the origins of a variable of the function that runs, which are those of its value. A
   * parameter that the call says nothing about is its own origin.
   */
  #ofLocal(declaration: ts.Declaration): readonly Origin[] {
    const { ts, checker } = this.context;
    const holder = holderOfBinding(ts, declaration);
    if (ts.isParameter(holder) && ts.isBindingElement(declaration)) {
      const symbol = checker.getSymbolAtLocation(
        (declaration as { name?: ts.Node }).name as ts.Node,
      );
      return symbol ? [{ root: symbol, steps: [] }] : [];
    }
    if (ts.isParameter(holder)) {
      const symbol = checker.getSymbolAtLocation(holder.name);
      return symbol ? [{ root: symbol, steps: [] }] : [];
    }
    if (!ts.isVariableDeclaration(holder)) return [];
    const isConst = (ts.getCombinedNodeFlags(holder) & ts.NodeFlags.Const) !== 0;
    const symbol = isConst ? undefined : checker.getSymbolAtLocation(holder.name);
    const assigned = symbol ? assignmentsTo(this.context, symbol, this.scope.body) : [];
    const values = [
      ...(holder.initializer ? this.of(holder.initializer) : []),
      ...assigned.flatMap(({ value }) => (value ? this.of(value) : [])),
    ];
    return values.length === 0 ? values : this.#bound(declaration, values);
  }

  #bound(declaration: ts.Node, values: readonly Origin[]): readonly Origin[] {
    const { ts } = this.context;
    if (!ts.isBindingElement(declaration)) return values;
    const outer = this.#bound(declaration.parent.parent, values);
    return ts.isObjectBindingPattern(declaration.parent)
      ? elementOrigins(this.context, declaration, outer)
      : [];
  }
}
