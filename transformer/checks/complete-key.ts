import type ts from "typescript";
import { type PlannedTarget } from "../plan/analyze-file";
import { changingDefaults } from "../target/changing-default";
import { type TargetNode } from "../target/target-node";
import { type Grade, problem } from "../context/rules";
import { type Span } from "../context/source-text";
import { someNode } from "../context/walk-tree";
import { contextReadsOf, mayReadContext } from "./caller-context";
import { type Check, type CheckContext } from "../plan/check-context";
import { constructionsOf } from "./code/constructions";
import { isGivenDifferently } from "./code/different-values";
import { receiverType } from "./types/expression-scope";
import { type Field, fieldsFor } from "./code/fields";
import { coverageOf, type KeyCoverage } from "./code/key-coverage";
import { findUnkeyable } from "./keyable-type";
import { type Body } from "./code/loader-reads";
import {
  concreteExtendersOf,
  differsByApplication,
  differsByClass,
  isReplacedInCopy,
  memberIn,
  viewersOf,
} from "./code/object-classes";
import { parameterReads, serviceParameterReads } from "./code/parameter-reads";
import {
  declaredMember,
  isAsked,
  isField,
  type MemberRead,
  memberReadsOf,
} from "./code/receiver-reads";
import { writesToField } from "./code/property-writes";
import { type LoaderRuns, runsOf } from "./code/runs";
import { memberVaries } from "./code/service-values";
import { type Viewer } from "./code/settings";
import { sharedObjectReads } from "./code/shared-object-reads";
import { suggestKey } from "./code/suggest-key";
import { isStore, variableReads } from "./code/variable-reads";

/**
 * Checks that the key contains what the loader reads; otherwise two callers would share an entry
 * that was made for one of them. A value of which nothing is certain (a service, `any`) is not
 * required.
 */
export const checkCompleteKey: Check = (context) => {
  const everywhere = context.targets.length > 0 && mayReadContext(context);
  for (const target of context.targets) {
    const found = new Finder(context, target, everywhere);
    found.checkParameters();
    found.checkReceiver();
    found.checkVariables();
    found.checkSharedObjects();
    found.checkCallerContext();
  }
};

interface Advice {
  readonly advice: string;
  /** A key that has what is missing, in quotes, or null if a key can't have it. */
  readonly key: string | null;
}

/** The parts of one member of `this` that the key lacks. */
interface Missing {
  readonly name: string;
  /** The loader's text for it: `this.store.loads`. */
  readonly value: string;
  /** Placeholders that a key could use for it; empty if there are none. */
  readonly placeholders: readonly string[];
  readonly grade: Grade;
}

class Finder {
  readonly #node: TargetNode;
  /** Null for the default key, which has all arguments and nothing else. */
  readonly #coverage: KeyCoverage | null;
  readonly #place: Span;
  readonly #owner: ts.ClassLikeDeclaration | null;
  readonly #runs: LoaderRuns;
  readonly #members: readonly MemberRead[];
  /** The values that have been reported. */
  readonly #told = new Set<string>();

  constructor(
    private readonly context: CheckContext,
    private readonly planned: PlannedTarget,
    private readonly everywhere: boolean,
  ) {
    const { target, plan, options, word } = planned;
    this.#node = target.node;
    this.#coverage = plan.key.texts ? coverageOf(context.ts, plan.key) : null;
    this.#place = options.key?.span ?? word;
    this.#owner = ownerOf(context, target.node);
    this.#runs = runsOf(context, [target.node], { everywhere });
    this.#members = memberReadsOf(context, this.#runs).map((read) =>
      membersOfLiteral(context, target.node, read),
    );
  }

  checkParameters(): void {
    if (!this.#coverage) return;
    const reads = [
      ...parameterReads(this.context, this.planned, this.#coverage),
      ...serviceParameterReads(this.context, this.planned, this.#coverage, this.#runs),
    ];
    const changing = changingDefaults(this.context, this.#node);
    for (const { value, placeholder } of reads) {
      const evaluated = changing.find(({ names }) => names.includes(value));
      if (evaluated) {
        // The key would only contain what is passed, and `changing-default` refuses that.
        const advice = `Its default "${evaluated.text}" is evaluated again at each call: let the caller pass ${value}, and add it to the key.`;
        this.#report(value, { advice, key: null });
        continue;
      }
      const key = this.#suggest([placeholder]);
      this.#report(value, { advice: `Add ${placeholder} to the key, as in key: ${key}.`, key });
    }
  }

  checkReceiver(): void {
    const covered = this.#coveredMembers();
    if (!covered) return;
    const missing = new Map<string, Missing>();
    const changing = new Set<string>();
    for (const viewer of viewersOf(this.context, this.#owner, !this.#coverage))
      for (const read of this.#membersFor(viewer)) {
        const field = fieldsFor(this.context, viewer).fieldOf(read.symbol);
        const isCovered =
          covered.members.has(read.symbol) ||
          (field.sources.size > 0 &&
            [...field.sources].every((source) => covered.sources.has(source)));
        const isConstant = field.kind === "constant" && !this.#isSet(read, viewer);
        if (isCovered || isConstant || !isField(this.context, read.symbol)) continue;
        const found = this.#lackOf(read, field, viewer, covered.tellsClasses);
        if (found === "changing") changing.add(`this.${read.name}`);
        else if (found && missing.get(read.name)?.grade !== "error") missing.set(read.name, found);
      }
    if (!covered.tellsClasses)
      for (const found of this.#leftToClasses(missing))
        if (!covered.members.has(found.symbol)) missing.set(found.name, found);
    if (changing.size > 0)
      this.context.report(
        problem("changingField", this.#place, this.planned.owner, [...changing]),
        this.planned,
      );
    for (const one of missing.values()) this.#reportMember(one, [...missing.values()]);
  }

  checkVariables(): void {
    for (const { name, kind, isWhole } of variableReads(this.context, this.#node, this.#runs)) {
      // A change of the list invalidates the entry.
      if (isWhole && this.#isInvalidated()) continue;
      if (kind === "changing")
        this.context.report(
          problem("changingVariable", this.#place, this.planned.owner, name),
          this.planned,
        );
      else
        this.#report(name, {
          advice: `${kind === "captured" ? "It belongs to the enclosing function or loop" : "The program changes it"}: make it a parameter.`,
          key: null,
        });
    }
  }

  checkSharedObjects(): void {
    for (const name of sharedObjectReads(this.context, this.#node, this.#runs))
      this.#report(name, { advice: "The program changes it: make it a parameter.", key: null });
  }

  /** Whether the program invalidates its entries, by a tag or by name: `names.invalidate()`. */
  #isInvalidated(): boolean {
    const { plan, owner } = this.planned;
    if (plan.tags.length > 0) return true;
    const operation = new RegExp(`\\b${owner.split(".").at(-1)}\\.(?:invalidate|refresh)\\(`);
    return this.context.program
      .getSourceFiles()
      .some((file) => !file.isDeclarationFile && operation.test(file.text));
  }

  checkCallerContext(): void {
    if (!this.everywhere) return;
    const found = contextReadsOf(this.context, this.#runs);
    if (found.size === 0) return;
    const inKey = contextReadsOf(this.context, this.#runsOfKey(true));
    const { owner } = this.planned;
    for (const { what, through, node, path } of found.values()) {
      if (inKey.has(what) || (path !== null && this.#isToldOf(path))) continue;
      const line = node.getSourceFile().getLineAndCharacterOfPosition(node.getStart()).line + 1;
      const steps = through.map((one, i) => `${i === 0 ? "calls" : "which calls"} ${one}`);
      const way = [...steps, `${steps.length === 0 ? "reads" : "which reads"} ${what}`].join(", ");
      const place = steps.length === 0 ? ` on line ${line}` : "";
      this.context.report(
        problem("callerContext", this.planned.word, owner, `${way}${place}`),
        this.planned,
      );
    }
  }

  /** Whether some part of it is in the key, or is reported separately. */
  #isToldOf(path: string): boolean {
    const inKey =
      path.startsWith("this.") && this.#coverage?.members.has(path.slice("this.".length)) === true;
    return inKey || [...this.#told].some((value) => value.startsWith(path));
  }

  /**
   * Returns the members that are read in objects of the viewer, whose class may have its own code
   * for some.
   */
  #membersFor(viewer: Viewer | null): readonly MemberRead[] {
    const { context } = this;
    if (!viewer || viewer.of === this.#owner) return this.#members;
    const dispatch = (member: ts.Symbol): ts.Symbol => memberIn(context, viewer.of, member);
    const isOther = ({ symbol }: MemberRead): boolean =>
      declaredMember(context, dispatch(symbol)) !== symbol;
    if (!this.#members.some(isOther)) return this.#members;
    const members = memberReadsOf(context, runsOf(context, [this.#node], { dispatch }));
    return members.map((read) => ({
      ...read,
      symbol: declaredMember(context, dispatch(read.symbol)),
    }));
  }

  /**
   * Whether a method of the object puts its own caller's value into the field, or into the object
   * in the field.
   */
  #isSet({ symbol, type }: MemberRead, viewer: Viewer | null): boolean {
    const { context } = this;
    // A member of the class itself is a variable of the module.
    const isStatic =
      symbol.valueDeclaration &&
      context.ts.getCombinedModifierFlags(symbol.valueDeclaration) &
        context.ts.ModifierFlags.Static;
    if (isStatic) return false;
    const isData = isAsked(context, type) && !isStore(context, type);
    return isData && fieldsFor(context, viewer).isSetByCaller(symbol, this.#node);
  }

  #lackOf(
    read: MemberRead,
    { kind, sources }: Field,
    viewer: Viewer | null,
    isTold: boolean,
  ): Missing | "changing" | null {
    const { context } = this;
    const { name, type, paths } = read;
    if (isAsked(context, type)) {
      // A value that one caller sets must not reach another caller, unless it is the rows that the
      // program caches.
      const isSet = this.#isSet(read, viewer);
      if (kind === "changing" && !isSet) return "changing";
      const texts = paths.map(({ text }) => text);
      const isMinor =
        isTuning(name) || isReplica(context, type) || texts.every((text) => isTuning(text));
      return { name, ...this.#valueOf(read), grade: isMinor ? "hint" : "error" };
    }
    const data = paths.filter((path) => path.data && memberVaries(context, path.data));
    if (data.length > 0 && kind === "given") {
      const texts = data.map(({ text }) => text);
      const grade = texts.every((text) => isTuning(text)) ? "hint" : "error";
      return {
        name,
        value: texts[0] as string,
        placeholders: texts.map((text) => `{${text}}`),
        grade,
      };
    }
    let isDifferent = [...sources].some(
      ({ valueDeclaration }) =>
        valueDeclaration && isGivenDifferently(context, valueDeclaration, viewer),
    );
    if (isTold) return null;
    if (this.#coverage && this.#differsInType(read)) isDifferent = true;
    const isFunction = isGivenByHand(context, read);
    const present = { ...read, type: context.checker.getNonNullableType(type) };
    if (
      isGivenByHand(context, present) &&
      fieldsFor(context, viewer).isSetByCaller(read.symbol, this.#node)
    )
      isDifferent = true;
    if (!isDifferent && !(kind === "given" && this.#isNeverMade())) return null;
    // Nothing in the program creates one, but code that does creates one for each function and for
    // each type.
    if (
      !isDifferent &&
      !isFunction &&
      !hasTypeOfClass(context, read) &&
      !isObjectOfFunctions(context, read)
    )
      return null;
    const grade = isDifferent || isFunction ? "error" : "hint";
    return { name, value: `this.${name}`, placeholders: [], grade };
  }

  /**
   * Whether two classes that extend the base have the member with two types: `Model<User>` in one,
   * and `Model<Post>` in the other.
   */
  #differsInType({ name }: MemberRead): boolean {
    if (!this.#owner) return false;
    const { checker } = this.context;
    const types = concreteExtendersOf(this.context, this.#owner).flatMap((one) => {
      const member = checker.getTypeAtLocation(one).getProperty(name);
      return member ? [checker.getTypeOfSymbol(member)] : [];
    });
    return new Set(types).size > 1;
  }

  #isNeverMade(): boolean {
    const owner = this.#owner;
    return owner !== null && constructionsOf(this.context, owner).length === 0;
  }

  /**
   * Returns the whole value if it can be part of a key and is read as a whole; otherwise what is
   * read of it.
   */
  #valueOf({ name, type, paths }: MemberRead): Pick<Missing, "value" | "placeholders"> {
    const whole = `this.${name}`;
    const inner = paths.filter(({ text }) => text !== whole).map(({ text }) => text);
    const isWhole = inner.length < paths.length || inner.length > 3;
    if (isWhole && !findUnkeyable(this.context, type))
      return { value: whole, placeholders: [`{${whole}}`] };
    if (inner.length === 0) return { value: whole, placeholders: [] };
    return { value: inner.join(" and "), placeholders: inner.map((text) => `{${text}}`) };
  }

  /**
   * Returns what the key lacks to distinguish the classes or objects that have the method and a
   * member of their own each.
   */
  *#leftToClasses(known: ReadonlyMap<string, Missing>): Iterable<Missing & { symbol: ts.Symbol }> {
    for (const { symbol, name, type } of this.#members) {
      if (known.has(name)) continue;
      // `this.constructor.name` and `this.constructor.table` are those of the object's class.
      if (
        name === "constructor" &&
        this.#coverage &&
        this.#owner &&
        differsBySubclass(this.context, this.#owner)
      )
        yield { symbol, name, value: "this.constructor", placeholders: [], grade: "error" };
      if (!this.#isLeft(symbol)) continue;
      const [signature] = type.getCallSignatures();
      const isKeyable = signature
        ? isAsked(this.context, signature.getReturnType())
        : isAsked(this.context, type);
      const value = signature ? `this.${name}()` : `this.${name}`;
      const isPlain = isKeyable && (signature?.parameters.length ?? 0) === 0;
      yield { symbol, name, value, placeholders: isPlain ? [`{${value}}`] : [], grade: "error" };
    }
  }

  #isLeft(member: ts.Symbol): boolean {
    const { context } = this;
    const owner = this.#owner;
    const isDefaultKey = !this.#coverage;
    if (owner)
      return (
        (!isDefaultKey && differsByClass(context, owner, member)) ||
        differsByApplication(context, owner, member, isDefaultKey)
      );
    const { parent } = this.#node;
    return (
      !isDefaultKey &&
      context.ts.isObjectLiteralExpression(parent) &&
      isReplacedInCopy(context, parent, member.name)
    );
  }

  /**
   * Returns what the key has of `this`, or null if it has all of it. Fields that are made of the
   * same values are included.
   */
  #coveredMembers(): {
    members: ReadonlySet<ts.Symbol>;
    sources: ReadonlySet<ts.Symbol>;
    tellsClasses: boolean;
  } | null {
    const { context } = this;
    const names = this.#coverage?.members ?? new Set<string>();
    if (names.has("")) return null;
    const receiver = this.#receiverType();
    const named = [...names].flatMap((name) => receiver?.getProperty(name) ?? []);
    const read = memberReadsOf(context, this.#runsOfKey(false)).map(({ symbol }) => symbol);
    const members = new Set([...named, ...read].map((symbol) => declaredMember(context, symbol)));
    const fields = fieldsFor(context, this.#owner && { of: this.#owner, exact: false });
    const sources = new Set([...members].flatMap((symbol) => [...fields.fieldOf(symbol).sources]));
    const owner = this.#owner;
    const tells = (symbol: ts.Symbol): boolean =>
      owner !== null && differsByClass(context, owner, symbol);
    return {
      members,
      sources,
      tellsClasses: names.has("constructor") || sources.size > 0 || [...members].some(tells),
    };
  }

  /** Returns the members of `this` that the key names, if they are code. */
  #runsOfKey(everywhere: boolean): LoaderRuns {
    const { ts } = this.context;
    const receiver = this.#receiverType();
    const symbols = [...(this.#coverage?.members ?? [])].flatMap(
      (name) => receiver?.getProperty(name) ?? [],
    );
    const bodies = symbols.flatMap(({ declarations = [] }) =>
      declarations.filter(
        (one): one is ts.Declaration & Body => ts.isMethodDeclaration(one) || ts.isGetAccessor(one),
      ),
    );
    return runsOf(this.context, bodies, { everywhere });
  }

  #receiverType(): ts.Type | null {
    return receiverType(this.context, this.#node);
  }

  #reportMember({ name, value, placeholders, grade }: Missing, all: readonly Missing[]): void {
    // `[tenant]`, under a symbol
    if (name.startsWith("__@")) {
      const field = name.slice("__@".length, name.lastIndexOf("@"));
      const advice = `A template can't read a property that a symbol names: add a getter that returns this[${field}], and add that to the key.`;
      return this.#report(`this[${field}]`, { advice, key: null }, grade);
    }
    if (name.startsWith("#")) {
      const open = name.slice(1);
      const advice = `A template can't read a private name: make it "private ${open}", and add {this.${open}} to the key.`;
      return this.#report(value, { advice, key: null }, grade);
    }
    if (placeholders.length === 0) {
      const advice =
        this.#coverage && this.#owner && differsBySubclass(this.context, this.#owner)
          ? "Leave the key out: the default key has the class of the object."
          : "It can't be part of a key: give the object a name that says which one it has, and add that to the key.";
      return this.#report(value, { advice, key: null }, grade);
    }
    const together = all.filter((one) => one.name === name || one.grade === "error");
    const key = this.#suggest(
      together.flatMap((one) => (/^#|^__@/.test(one.name) ? [] : one.placeholders)),
    );
    const advice = this.#coverage
      ? `Add ${placeholders.join(" and ")} to the key, as in key: ${key}.`
      : `The default key has the arguments only: write key: ${key}.`;
    this.#report(value, { advice, key }, grade);
  }

  #suggest(placeholders: readonly string[]): string {
    return `"${suggestKey(this.context, this.planned, placeholders)}"`;
  }

  #report(
    value: string,
    { advice, key }: Advice,
    grade: Grade = isTuning(value) ? "hint" : "error",
  ): void {
    this.#told.add(value);
    const found = problem("incompleteKey", this.#place, this.planned.owner, value, advice, key);
    this.context.report({ ...found, grade }, this.planned);
  }
}

/**
 * Returns the class whose objects are the receivers, or null if `this` is another object, or none.
 */
function ownerOf({ ts }: CheckContext, node: TargetNode): ts.ClassLikeDeclaration | null {
  const hasThis = node.parameters.some(({ name }) => name.getText() === "this");
  const outer =
    ts.findAncestor(node, (one) => ts.isClassLike(one) || ts.isObjectLiteralExpression(one)) ??
    null;
  if (hasThis || !outer) return null;
  if (ts.isClassLike(outer)) return outer;
  return ts.isMethodDeclaration(node) && node.parent === outer
    ? null
    : (ts.findAncestor(outer, ts.isClassLike) ?? null);
}

/**
 * Returns what a literal itself has under the name, where the type that it is annotated with says
 * only that there is something: `const model: Model = { grants: ["code"], async load() { …
 * this.grants … } }`.
 */
function membersOfLiteral(
  context: CheckContext,
  { parent }: TargetNode,
  read: MemberRead,
): MemberRead {
  const { ts, checker } = context;
  if (!ts.isObjectLiteralExpression(parent)) return read;
  const annotated = checker.getContextualType(parent)?.getProperty(read.symbol.name);
  const own = checker.getTypeAtLocation(parent).getProperty(read.symbol.name);
  if (!annotated?.valueDeclaration || !own || checker.getRootSymbols(annotated)[0] !== read.symbol)
    return read;
  const isWritten = writesToField(context, annotated.valueDeclaration).length > 0;
  return isWritten ? read : { ...read, symbol: own };
}

/** A function. A container of services can't find it by its type, unless a decorator names it. */
function isGivenByHand(context: CheckContext, { symbol, type }: MemberRead): boolean {
  const { valueDeclaration: declaration } = symbol;
  return (
    declaration !== undefined &&
    type.getCallSignatures().length > 0 &&
    isUndecorated(context, declaration)
  );
}

function isUndecorated({ ts }: CheckContext, declaration: ts.Declaration): boolean {
  const owner = ts.findAncestor(declaration, ts.isClassLike);
  const isDecorated = (node: ts.Node): boolean =>
    ts.canHaveDecorators(node) && (ts.getDecorators(node) ?? []).length > 0;
  const parameters =
    owner?.members.flatMap((one) =>
      ts.isConstructorDeclaration(one) ? [...one.parameters] : [],
    ) ?? [];
  return ![declaration, ...(owner ? [owner] : []), ...parameters].some(isDecorated);
}

/**
 * Recognises `deps: { load: (id: number) => Promise<User> }`: functions that the creator of the
 * object chooses.
 */
function isObjectOfFunctions(context: CheckContext, { symbol, type }: MemberRead): boolean {
  const { ts, checker } = context;
  const { valueDeclaration: declaration } = symbol;
  const isLiteral = type.getSymbol()?.flags === ts.SymbolFlags.TypeLiteral;
  if (!declaration || !isLiteral || !isUndecorated(context, declaration)) return false;
  return type.getProperties().some((one) => {
    const isFunction = checker.getTypeOfSymbol(one).getCallSignatures().length > 0;
    return (
      isFunction &&
      one.valueDeclaration !== undefined &&
      ts.isPropertySignature(one.valueDeclaration)
    );
  });
}

/** Recognises `load: (id: number) => Promise<T>`, a field of `Source<T>`. */
function hasTypeOfClass({ ts, checker }: CheckContext, { symbol }: MemberRead): boolean {
  const { valueDeclaration: declaration } = symbol;
  const annotation =
    declaration &&
    (ts.isParameter(declaration) || ts.isPropertyDeclaration(declaration)) &&
    declaration.type;
  if (!annotation) return false;
  return someNode(ts, annotation, (node) => {
    if (!ts.isIdentifier(node)) return false;
    const [parameter] = checker.getSymbolAtLocation(node)?.declarations ?? [];
    return (
      parameter !== undefined &&
      ts.isTypeParameterDeclaration(parameter) &&
      ts.isClassLike(parameter.parent)
    );
  });
}

function differsBySubclass(context: CheckContext, owner: ts.ClassLikeDeclaration): boolean {
  return viewersOf(context, owner, true).length > 1;
}

/**
 * Whether the value only tunes the call. Timeouts and numbers of retries change when there is a
 * result, and hardly ever which result. That is not a reason to stop a build.
 */
function isTuning(value: string): boolean {
  const name = value.split(".").pop() ?? "";
  return (
    /timeout|retry|retries|attempts|interval|backoff|deadline|frequency|concurrency|poolSize|cacheSize|keepAlive|verbose|debug|logLevel|silent/i.test(
      name,
    ) || /(?:^|_)ttl|Ttl|TTL/.test(name)
  );
}

const replicas = new Set(
  "leader follower master slave primary secondary standby replica reader writer".split(" "),
);

/** Recognises `"master" | "slave"`: which copy of the data is asked. */
function isReplica({ checker }: CheckContext, type: ts.Type): boolean {
  const present = checker.getNonNullableType(type);
  return (
    present.isUnion() &&
    present.types.every((member) => member.isStringLiteral() && replicas.has(member.value))
  );
}
