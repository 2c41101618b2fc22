import type ts from "typescript";
import { unwrap } from "../../context/wrappers";
import { type CheckContext } from "../../plan/check-context";
import { implementationsOf } from "./implementations";
import { registeredFunctions } from "./registered-functions";
import { resolveAlias } from "./resolve-symbol";
import { type Body } from "./loader-reads";

/**
 * Finds the code of a method, a getter, a function, or a property or variable that is bound to one.
 */
export class FunctionBodies {
  /** Names of functions that are being looked for, because one may be bound to itself. */
  readonly #resolving = new Set<ts.Symbol>();

  constructor(
    private readonly context: CheckContext,
    /** Whether a function that is the result of a call is followed: `cache(async () => …)`. */
    private readonly everywhere: boolean,
  ) {}

  of(symbol: ts.Symbol): readonly Body[] {
    const declared = this.#ofDeclarations(symbol);
    if (!this.everywhere) return declared;
    const registered = registeredFunctions(this.context, symbol);
    return [
      ...declared,
      ...registered.flatMap((value) => this.#ofValue(unwrap(this.context.ts, value))),
    ];
  }

  #ofDeclarations(symbol: ts.Symbol): readonly Body[] {
    const { ts } = this.context;
    return (symbol.declarations ?? []).flatMap((declaration): readonly Body[] => {
      if (declaration.getSourceFile().isDeclarationFile) return [];
      if (this.everywhere && isOnlyDeclared(ts, declaration))
        return implementationsOf(this.context, symbol).flatMap((one) => this.of(one));
      if (ts.isBindingElement(declaration)) return this.#ofBinding(declaration);
      if (
        ts.isMethodDeclaration(declaration) ||
        ts.isGetAccessor(declaration) ||
        ts.isFunctionDeclaration(declaration)
      )
        return declaration.body ? [declaration] : [];
      const isHolder =
        ts.isPropertyDeclaration(declaration) ||
        ts.isPropertyAssignment(declaration) ||
        ts.isVariableDeclaration(declaration);
      const value =
        isHolder && declaration.initializer ? unwrap(ts, declaration.initializer) : undefined;
      return value ? this.#ofValue(value) : [];
    });
  }

  /** `const { getTenant } = Invoices.prototype` */
  #ofBinding({ parent, propertyName, name }: ts.BindingElement): readonly Body[] {
    const { ts, checker } = this.context;
    const key = propertyName ?? name;
    if (!ts.isObjectBindingPattern(parent) || !ts.isIdentifier(key)) return [];
    const member = checker.getTypeAtLocation(parent).getProperty(key.text);
    return member ? this.of(member) : [];
  }

  #ofValue(value: ts.Expression): readonly Body[] {
    const { ts, checker } = this.context;
    if (ts.isArrowFunction(value) || ts.isFunctionExpression(value)) return [value];
    if (!this.everywhere) return [];
    // `const currentUser = cache(async () => …)`
    const isCall = ts.isCallExpression(value);
    const given = isCall
      ? value.arguments.filter((one) => ts.isArrowFunction(one) || ts.isFunctionExpression(one))
      : [];
    // Follows `const currentUser = session.user` if that is code, and `withTenant(load)`, which
    // returns code.
    const callee = isCall ? unwrap(ts, value.expression) : value;
    const name = ts.isIdentifier(callee)
      ? callee
      : ts.isPropertyAccessExpression(callee)
        ? callee.name
        : null;
    const symbol = name && checker.getSymbolAtLocation(name);
    if (!symbol || this.#resolving.has(symbol)) return given;
    this.#resolving.add(symbol);
    const found = this.of(resolveAlias(this.context, symbol));
    this.#resolving.delete(symbol);
    return [...given, ...found];
  }
}

/** A member of an interface, or an abstract one: classes have its code. */
function isOnlyDeclared(compiler: typeof ts, declaration: ts.Declaration): boolean {
  if (compiler.isMethodSignature(declaration) || compiler.isPropertySignature(declaration))
    return compiler.isInterfaceDeclaration(declaration.parent);
  return (
    compiler.isClassElement(declaration) &&
    (compiler.getCombinedModifierFlags(declaration) & compiler.ModifierFlags.Abstract) !== 0
  );
}
