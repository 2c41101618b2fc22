import type ts from "typescript";
import { unwrap } from "../../context/wrappers";
import { oncePerProgram } from "../../context/once-per-program";
import { type CheckContext } from "../../plan/check-context";
import { areAlternatives, isOwnChoice } from "./alternatives";
import { constructionsOf, testFile } from "./constructions";
import { writesToField } from "./property-writes";
import { callsOf, type FunctionCall, functionParameter } from "./function-calls";
import {
  concerns,
  type Given,
  givenOf,
  isOneOfMany,
  pathOfBinding,
  personal,
  type Viewer,
} from "./settings";
import { resolveAlias } from "./resolve-symbol";
import { valueSymbol } from "./value-symbol";
import { functionAround, holderOfBinding } from "./syntax-ranges";

/**
 * Whether it is certain that the program gives objects of a class different values for a parameter
 * of their constructor. Nothing is reported about a service or a function if this isn't certain:
 * most programs have one of each, whatever creates it.
 */
export function isGivenDifferently(
  context: CheckContext,
  declaration: ts.Declaration,
  viewer: Viewer | null,
): boolean {
  const ofProgram = knownDifferent(context);
  const ofDeclaration =
    ofProgram.get(declaration) ?? new Map<ts.Node | null, Map<boolean, boolean>>();
  ofProgram.set(declaration, ofDeclaration);
  const ofViewer = ofDeclaration.get(viewer?.of ?? null) ?? new Map<boolean, boolean>();
  ofDeclaration.set(viewer?.of ?? null, ofViewer);
  const isExact = viewer?.exact ?? false;
  const areDifferent =
    ofViewer.get(isExact) ?? new Givings(context, viewer).areDifferent(declaration);
  ofViewer.set(isExact, areDifferent);
  return areDifferent;
}

/**
 * The answers by the declaration, the viewer's class, and whether only objects of that class count.
 * They are kept because each method of a class asks the same.
 */
const knownDifferent = oncePerProgram(
  () => new Map<ts.Declaration, Map<ts.Node | null, Map<boolean, boolean>>>(),
);

/** Does the same for the parameter of a function, such as a factory or a mixin. */
export function isCalledDifferently(
  context: CheckContext,
  declaration: ts.Declaration,
  isPlainData?: (call: FunctionCall) => boolean,
): boolean {
  if (isPlainData) return new Givings(context, null, isPlainData).areDifferent(declaration);
  return isGivenDifferently(context, declaration, null);
}

/** "many" means a different one each time. Null means that it can't be known. */
type Identity = KnownIdentity | "many" | null;

interface KnownIdentity {
  /** The text that two equal values have in common. */
  readonly text: string;
  readonly file: ts.SourceFile;
  readonly name: string | null;
}

/** A value, and the place where it is given. */
interface Giving {
  readonly identity: Identity;
  readonly place: ts.Expression;
}

class Givings {
  readonly #asked = new Set<ts.Node>();

  constructor(
    private readonly context: CheckContext,
    private readonly viewer: Viewer | null,
    private readonly isPlainData: (call: FunctionCall) => boolean = () => true,
  ) {}

  areDifferent(declaration: ts.Declaration): boolean {
    const given = givenOf(this.context.ts, declaration);
    const found = given
      ? this.#given(given)
      : this.context.ts.isPropertyDeclaration(declaration)
        ? this.#assigned(declaration)
        : this.#passed(declaration);
    if (found.some(({ identity }) => identity === "many")) return true;
    return found.some((one, i) =>
      found.slice(i + 1).some((other) => this.#areCertainlyTwo(one, other)),
    );
  }

  /**
   * Whether two values certainly differ: both are made in one file, or when modules are loaded, or
   * both by functions that are called there. Functions of several files that each make one are more
   * often several ways to make the only one that a program has.
   */
  #areCertainlyTwo(one: Giving, other: Giving): boolean {
    const [a, b] = [one.identity, other.identity];
    if (a === null || a === "many" || b === null || b === "many" || !differ(a, b)) return false;
    if (isOwnChoice(this.context, one.place, other.place)) return false;
    if (this.#areBothMade(one.place, other.place)) return true;
    const [first, second] = [this.#usesOf(one.place), this.#usesOf(other.place)];
    return first.some((place) =>
      second.some(
        (next) => !areAlternatives(this.context.ts, place, next) && this.#areBothMade(place, next),
      ),
    );
  }

  #areBothMade(one: ts.Node, other: ts.Node): boolean {
    const isSameFile = one.getSourceFile() === other.getSourceFile();
    return isSameFile || (this.#isAtLoad(one) && this.#isAtLoad(other));
  }

  /**
   * Returns the place or, if it is in a function, where that function is called: `createStripe()`.
   */
  #usesOf(place: ts.Node): readonly ts.Node[] {
    const around = functionAround(this.context.ts, place);
    if (!around || this.context.ts.isConstructorDeclaration(around)) return [place];
    return callsOf(this.context, around)
      .map(({ node }) => node)
      .filter((call) => !isForTests(this.context, call));
  }

  /**
   * Whether the place is at the top of a module, or where a class passes its own argument to its
   * base.
   */
  #isAtLoad(place: ts.Node): boolean {
    const around = functionAround(this.context.ts, place);
    return around === null || this.context.ts.isConstructorDeclaration(around);
  }

  #given({ owner, position, path }: Given): readonly Giving[] {
    if (this.#asked.has(owner)) return [];
    this.#asked.add(owner);
    const values = constructionsOf(this.context, owner)
      .filter((made) => concerns(this.context, owner, made, this.viewer))
      .flatMap(({ arguments: all }) => argumentAt(this.context.ts, all, position) ?? []);
    const found = this.#givings(values, path);
    this.#asked.delete(owner);
    return found;
  }

  /** Recognises `source.load = loadUser`, in any code that has the object. */
  #assigned(declaration: ts.PropertyDeclaration): readonly Giving[] {
    const writes = writesToField(this.context, declaration).filter(({ value }) => value !== null);
    const values = writes.map(({ value }) => value as ts.Expression);
    const isReset = writes.some(
      ({ node, value }) => isByThis(node) && value?.getText() === "undefined",
    );
    return this.#givings(
      isReset ? values.filter((value) => !isOfItsOwn(this.context.ts, value)) : values,
      [],
    );
  }

  /** Returns what the calls of a function pass. */
  #passed(declaration: ts.Declaration): readonly Giving[] {
    const parameter = functionParameter(this.context, declaration);
    const path = pathOfBinding(this.context.ts, declaration);
    if (!parameter || !path) return [];
    const calls = callsOf(this.context, parameter.owner).filter(this.isPlainData);
    return this.#givings(
      calls.flatMap(({ node }) => node.arguments[parameter.position] ?? []),
      path,
    );
  }

  /** `load` in `function sourceOf(load) { return new Source(load); }`: what its calls pass. */
  #ofParameter(declaration: ts.Declaration, path: readonly string[]): readonly Identity[] {
    if (path.length > 0 || this.#asked.has(declaration)) return [null];
    this.#asked.add(declaration);
    const found = this.#passed(declaration).map(({ identity }) => identity);
    this.#asked.delete(declaration);
    return found.length > 0 ? found : [null];
  }

  #givings(values: readonly ts.Expression[], path: readonly string[]): readonly Giving[] {
    const own = values.filter((value) => !isForTests(this.context, value));
    return own.flatMap((place) => this.#of(place, path).map((identity) => ({ identity, place })));
  }

  #of(expression: ts.Expression, path: readonly string[]): readonly Identity[] {
    const { ts } = this.context;
    const value = unwrap(ts, expression);
    const file = value.getSourceFile();
    const known = (text: string): readonly Identity[] => [
      { text: [text, ...path].join("."), file, name: null },
    ];
    if (ts.isIdentifier(value)) return this.#ofName(value, path);
    if (ts.isSpreadElement(value)) return this.#of(value.expression, path);
    if (ts.isPropertyAccessExpression(value))
      return this.#of(value.expression, [value.name.text, ...path]);
    if (ts.isArrowFunction(value) || ts.isFunctionExpression(value))
      return known(`${file.fileName}:${value.pos}`);
    if (ts.isLiteralExpression(value)) return known(value.getText());
    if (ts.isNewExpression(value) || ts.isCallExpression(value)) {
      const callee = ts.isPropertyAccessExpression(value.expression)
        ? value.expression.expression
        : null;
      const parts = [...(callee ? [callee] : []), ...(value.arguments ?? [])].map((one) =>
        this.#of(one, []),
      );
      return this.#together(value.expression.getText(), parts, known);
    }
    if (ts.isObjectLiteralExpression(value)) {
      const written = value.properties.find((one) => one.name?.getText() === path[0]);
      const inner = path.slice(1);
      if (written && ts.isPropertyAssignment(written)) return this.#of(written.initializer, inner);
      if (written && ts.isShorthandPropertyAssignment(written))
        return this.#of(written.name, inner);
      const values = value.properties.map((one) =>
        ts.isPropertyAssignment(one)
          ? one.initializer
          : ts.isShorthandPropertyAssignment(one)
            ? one.name
            : null,
      );
      if (path.length > 0 || values.includes(null)) return [null];
      const parts = values.map((one) => this.#of(one as ts.Expression, []));
      return this.#together("{}", parts, known);
    }
    return [null];
  }

  /**
   * Combines arguments: `new Gateway("eu")` differs from `new Gateway("us")`, but equals another
   * `new Gateway("eu")`.
   */
  #together(
    maker: string,
    parts: readonly (readonly Identity[])[],
    known: (text: string) => readonly Identity[],
  ): readonly Identity[] {
    const all = parts.flat();
    if (all.includes("many")) return ["many"];
    if (all.includes(null)) return [null];
    const texts = all.map((one) => (one as KnownIdentity).text);
    return known(`${maker}(${texts.join()})`);
  }

  #ofName(name: ts.Identifier, path: readonly string[]): readonly Identity[] {
    const { ts } = this.context;
    const symbol = valueSymbol(this.context, name);
    const declaration = symbol && resolveAlias(this.context, symbol).valueDeclaration;
    if (!declaration) return [null];
    const given = givenOf(ts, declaration);
    if (given)
      return this.#given({ ...given, path: [...given.path, ...path] }).map(
        ({ identity }) => identity,
      );
    const holder = holderOfBinding(ts, declaration);
    if (isOneOfMany(ts, holder))
      return [ts.isParameter(holder) && !isElement(ts, holder) ? null : "many"];
    if (ts.isParameter(holder))
      return isPersonal(this.context, name) ? ["many"] : this.#ofParameter(declaration, path);
    const file = declaration.getSourceFile();
    const isConstant = (ts.getCombinedNodeFlags(declaration) & ts.NodeFlags.Const) !== 0;
    const initializer =
      ts.isVariableDeclaration(declaration) && isConstant ? declaration.initializer : undefined;
    if (functionAround(ts, declaration)) {
      if (!initializer) return [null];
      return this.#of(initializer, path);
    }
    const isNamed =
      isConstant || ts.isFunctionDeclaration(declaration) || ts.isClassLike(declaration);
    if (!isNamed) return [null];
    const [made] = initializer ? this.#of(initializer, path) : [];
    const text = made && made !== "many" ? made.text : `${file.fileName}:${name.text}`;
    return [
      { text: [text, ...(made ? [] : path)].join("."), file, name: [name.text, ...path].join(".") },
    ];
  }
}

/**
 * Whether a callback's parameter is an element of a list: `regions.map((region) => …)`. Other
 * callbacks are given something that exists once, as far as can be seen: `transactional((db) =>
 * createAccounts(db))`.
 */
function isElement(compiler: typeof ts, { parent }: ts.ParameterDeclaration): boolean {
  const call = parent.parent;
  if (!compiler.isCallExpression(call)) return false;
  const name = compiler.isPropertyAccessExpression(call.expression)
    ? call.expression.name.text
    : call.expression.getText();
  return iterations.test(name);
}

const iterations =
  /^(?:map\w*|flatMap|for[A-Z]\w*|each\w*|filter|reduce\w*|find\w*|some|every|from|times|keyBy|groupBy)$/;

/** Returns the argument, or the spread list that contains it. */
function argumentAt(
  compiler: typeof ts,
  all: readonly ts.Expression[],
  position: number,
): ts.Expression | undefined {
  return all.find((one, i) => i === position || (i < position && compiler.isSpreadElement(one)));
}

/**
 * `this.onRelease = () => end()`, which an object keeps for itself until it says `this.onRelease =
 * undefined`.
 */
function isOfItsOwn(compiler: typeof ts, value: ts.Expression): boolean {
  const isInline = compiler.isArrowFunction(value) || compiler.isFunctionExpression(value);
  return isInline && isByThis(value.parent);
}

function isByThis(write: ts.Node): boolean {
  return write.getText().startsWith("this.");
}

/** Recognises `createMailerForTests()`: what it makes shares no entry with the program's own. */
function isForTests({ ts }: CheckContext, node: ts.Node): boolean {
  for (let outer = functionAround(ts, node); outer; outer = functionAround(ts, outer))
    if (
      /test|mock|fake|stub|fixture|seed/i.test(
        (outer.name ?? nameOfVariable(ts, outer))?.getText() ?? "",
      )
    )
      return true;
  return testFile.test(node.getSourceFile().fileName);
}

/** `createMailer` of `const createMailer = () => …` */
function nameOfVariable(compiler: typeof ts, { parent }: ts.Node): ts.BindingName | undefined {
  return compiler.isVariableDeclaration(parent) ? parent.name : undefined;
}

/**
 * Whether two constants differ. Two of one file are two things; two of different files may each be
 * the only one of a program.
 */
function differ(one: KnownIdentity, other: KnownIdentity): boolean {
  if (one.text !== other.text) return true;
  return (
    one.file === other.file && one.name !== null && other.name !== null && one.name !== other.name
  );
}

/**
 * Whether the name is that of something of which a program has many, such as a region or a tenant.
 */
function isPersonal({ ts, checker }: CheckContext, name: ts.Identifier): boolean {
  const { StringLike, NumberLike, Object } = ts.TypeFlags;
  const words = /region|shard|locale|lang|country|market|site|brand|shop|store|account|user/i;
  const { flags } = checker.getTypeAtLocation(name);
  return (
    (flags & (StringLike | NumberLike | Object)) !== 0 &&
    (personal.test(name.text) || ((flags & Object) === 0 && words.test(name.text)))
  );
}
