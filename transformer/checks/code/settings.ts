import type ts from "typescript";
import { unwrap } from "../../context/wrappers";
import { type CheckContext } from "../../plan/check-context";
import { type Construction, constructionsOf, isSameOrExtends } from "./constructions";
import { resolveAlias } from "./resolve-symbol";
import { valueSymbol } from "./value-symbol";
import { functionAround, holderOfBinding } from "./syntax-ranges";

/**
 * Whether a name that a constructor is given has one value in all objects of a class. It has if the
 * program gives nothing but one setting, `new Mailer(config.mail.host)`, or one constant,
 * `super("users", db)` in the class that extends it.
 * If the program constructs no object of the class, other code does.
 *
 * @param declaration a parameter of a constructor, or a name in a parameter's pattern
 * @param viewer the objects in question
 */
export function isSameInAll(
  context: CheckContext,
  declaration: ts.Declaration,
  viewer: Viewer | null,
): boolean {
  const given = givenOf(context.ts, declaration);
  return given !== null && new Settings(context, viewer).given(given) !== null;
}

/** The objects of a class: the constructor's own, or one that extends it. */
export interface Viewer {
  readonly of: ts.ClassLikeDeclaration;
  /**
   * Only the objects of the class itself, not those of the classes that extend it, because their
   * keys differ.
   */
  readonly exact: boolean;
}

/**
 * Whether the construction makes one of the viewer's objects. Objects of a class that extends the
 * owner are constructed elsewhere.
 */
export function concerns(
  context: CheckContext,
  owner: ts.ClassLikeDeclaration,
  { of, isSuper }: Construction,
  viewer: Viewer | null,
): boolean {
  if (!viewer) return true;
  if (viewer.exact)
    return isSuper ? of !== owner && isSameOrExtends(context, viewer.of, of) : of === viewer.of;
  if (viewer.of === owner || !isSameOrExtends(context, viewer.of, owner)) return true;
  return (
    isSameOrExtends(context, of, viewer.of) || (isSuper && isSameOrExtends(context, viewer.of, of))
  );
}

/**
 * What a constructor is given: `host` of `constructor(db: Db, { host }: Config)` is `["host"]` of
 * the second argument.
 */
export interface Given {
  readonly owner: ts.ClassLikeDeclaration;
  readonly position: number;
  readonly path: readonly string[];
}

export function givenOf(compiler: typeof ts, declaration: ts.Declaration): Given | null {
  const holder = holderOfBinding(compiler, declaration);
  if (!compiler.isParameter(holder) || !compiler.isConstructorDeclaration(holder.parent))
    return null;
  const path = pathOfBinding(compiler, declaration);
  return (
    path && {
      owner: holder.parent.parent,
      position: holder.parent.parameters.indexOf(holder),
      path,
    }
  );
}

/** Returns `["mail", "host"]` for `host` in `{ mail: { host } }`. */
export function pathOfBinding(compiler: typeof ts, declaration: ts.Node): readonly string[] | null {
  if (!compiler.isBindingElement(declaration)) return [];
  const outer = pathOfBinding(compiler, declaration.parent.parent);
  const name = declaration.propertyName ?? declaration.name;
  if (!outer || declaration.dotDotDotToken || !compiler.isObjectBindingPattern(declaration.parent))
    return null;
  return compiler.isIdentifier(name) ? [...outer, name.text] : null;
}

/** Words for things that a deployment has many of: a `TenantConfig` belongs to one of them. */
export const personal = /tenant|customer|organi[sz]ation|workspace|merchant/i;

const settingsName = /^(?:cfg|conf|config|configuration|env|environment|settings)$/;

/**
 * Describes a value as a text: `config.mail.host`, also for a variable that was destructured from
 * it. Null means that the value may differ each time.
 */
class Settings {
  readonly #asked = new Set<ts.Node>();

  constructor(
    private readonly context: CheckContext,
    private readonly viewer: Viewer | null,
  ) {}

  /** Returns the one value that all constructions give. */
  given({ owner, position, path }: Given): string | null {
    if (this.#asked.has(owner)) return null;
    this.#asked.add(owner);
    const values = constructionsOf(this.context, owner)
      .filter((made) => concerns(this.context, owner, made, this.viewer))
      .map(({ arguments: all }) => all[position]);
    const settings = values.map((value) => (value ? this.#of(value, path) : null));
    this.#asked.delete(owner);
    const [first] = settings;
    return first !== undefined && settings.every((setting) => setting === first) ? first : null;
  }

  #of(expression: ts.Expression, path: readonly string[]): string | null {
    const { ts } = this.context;
    const value = unwrap(ts, expression);
    if (ts.isPropertyAccessExpression(value)) {
      const inner = [value.name.text, ...path];
      if (value.expression.kind !== ts.SyntaxKind.ThisKeyword)
        return this.#of(value.expression, inner);
      return this.#isSettings(value.name, path) ? inner.join(".") : null;
    }
    if (ts.isElementAccessExpression(value) && ts.isStringLiteralLike(value.argumentExpression))
      return this.#of(value.expression, [value.argumentExpression.text, ...path]);
    if (ts.isObjectLiteralExpression(value)) return this.#inLiteral(value, path);
    if (ts.isIdentifier(value)) return this.#ofName(value, path);
    const { TrueKeyword, FalseKeyword } = ts.SyntaxKind;
    return ts.isLiteralExpression(value) ||
      value.kind === TrueKeyword ||
      value.kind === FalseKeyword
      ? value.getText()
      : null;
  }

  #ofName(name: ts.Identifier, path: readonly string[]): string | null {
    const { ts } = this.context;
    if (name.text === "process" && path[0] === "env") return [name.text, ...path].join(".");
    const symbol = valueSymbol(this.context, name);
    const declaration = symbol && resolveAlias(this.context, symbol).valueDeclaration;
    if (!declaration) return null;
    const given = givenOf(ts, declaration);
    if (given && constructionsOf(this.context, given.owner).length > 0)
      return this.given({ ...given, path: [...given.path, ...path] });
    const holder = holderOfBinding(ts, declaration);
    if (isOneOfMany(ts, holder)) return null;
    if (this.#isSettings(name, path)) return [name.text, ...path].join(".");
    const isConstant = (ts.getCombinedNodeFlags(declaration) & ts.NodeFlags.Const) !== 0;
    if (!functionAround(ts, declaration) && (isConstant || ts.isEnumDeclaration(declaration)))
      return [declaration.getSourceFile().fileName, name.text, ...path].join(".");
    const taken = pathOfBinding(ts, declaration);
    if (!taken || !isConstant || !ts.isVariableDeclaration(holder) || !holder.initializer)
      return null;
    return this.#of(holder.initializer, [...taken, ...path]);
  }

  /** Whether the name, or that of its type, is the name of a setting. */
  #isSettings(name: ts.MemberName, path: readonly string[]): boolean {
    const type = this.context.checker.getTypeAtLocation(name);
    const typeName = (type.aliasSymbol ?? type.getSymbol())?.name ?? "";
    const isSettings =
      settingsName.test(name.text) || /(?:Config|Configuration|Settings)$/.test(typeName);
    return isSettings && ![typeName, ...path].some((one) => personal.test(one));
  }

  /** Reads one property, or all, of `{ host: config.mail.host }`. */
  #inLiteral(
    { properties }: ts.ObjectLiteralExpression,
    [name, ...rest]: readonly string[],
  ): string | null {
    const { ts } = this.context;
    const settings = properties.map((property) => {
      if (
        name !== undefined &&
        !ts.isSpreadAssignment(property) &&
        property.name?.getText() !== name
      )
        return "";
      if (ts.isShorthandPropertyAssignment(property)) return this.#of(property.name, rest);
      return ts.isPropertyAssignment(property) ? this.#of(property.initializer, rest) : null;
    });
    const found = settings.filter((setting) => setting !== "");
    return found.length === 0 || found.some((setting) => setting === null)
      ? null
      : found.join(", ");
  }
}

/** `for (const config of configs)`, `configs.map((config) => …)` */
export function isOneOfMany(compiler: typeof ts, holder: ts.Node): boolean {
  if (compiler.isParameter(holder)) {
    const { parent: call } = holder.parent;
    return (
      compiler.isCallExpression(call) &&
      call.arguments.some((argument) => argument === holder.parent)
    );
  }
  return compiler.isVariableDeclaration(holder) && compiler.isForOfStatement(holder.parent.parent);
}
