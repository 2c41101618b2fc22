import type ts from "typescript";
import { type TargetNode } from "../target/target-node";
import { type Grade } from "../context/rules";
import { type CheckContext } from "../plan/check-context";
import { constructionsOf } from "./code/constructions";
import { isGivenDifferently } from "./code/different-values";
import { receiverType } from "./types/expression-scope";
import { type Field, fieldsFor } from "./code/fields";
import { type KeyCoverage } from "./code/key-coverage";
import { findUnkeyable } from "./keyable-type";
import { type Body } from "./code/loader-reads";
import {
  concreteExtendersOf,
  differsByApplication,
  differsByClass,
  isReplacedInCopy,
  differsBySubclass,
  memberIn,
  viewersOf,
} from "./code/object-classes";
import {
  declaredMember,
  isPlainData,
  isField,
  type MemberRead,
  memberReadsOf,
} from "./code/receiver-reads";
import { type Reachable, reachableFrom } from "./code/reachable-code";
import { memberVaries } from "./code/service-values";
import { type Viewer } from "./code/settings";
import { isStore } from "./code/stores";
import { isReplica, isTuning } from "./code/tuning";
import { hasTypeOfClass, isGivenByHand, isObjectOfFunctions } from "./code/given-functions";
import { membersOfLiteral } from "./code/receiver-class";

/** The parts of one member of `this` that the key lacks. */
export interface Missing {
  readonly name: string;
  /** The loader's text for it: `this.store.loads`. */
  readonly value: string;
  /** Placeholders that a key could use for it; empty if there are none. */
  readonly placeholders: readonly string[];
  readonly grade: Grade;
}

/** The loader, and what is known of it. */
interface Loader {
  readonly node: TargetNode;
  /** The class whose objects are the receivers, if they are objects of one. */
  readonly owner: ts.ClassLikeDeclaration | null;
  /** Null for the default key, which has all arguments and nothing else. */
  readonly coverage: KeyCoverage | null;
  readonly reachable: Reachable;
}

/** Finds the members of `this` that the loader reads, that may differ, and that the key lacks. */
export class MissingMembers {
  readonly #node: TargetNode;
  readonly #owner: ts.ClassLikeDeclaration | null;
  readonly #coverage: KeyCoverage | null;
  readonly #members: readonly MemberRead[];

  constructor(
    private readonly context: CheckContext,
    { node, owner, coverage, reachable }: Loader,
  ) {
    this.#node = node;
    this.#owner = owner;
    this.#coverage = coverage;
    this.#members = memberReadsOf(context, reachable).map((read) =>
      membersOfLiteral(context, node, read),
    );
  }

  find(): { readonly missing: readonly Missing[]; readonly changing: readonly string[] } {
    const covered = this.#coveredMembers();
    if (!covered) return { missing: [], changing: [] };
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
        const found = this.#lackOf(read, field, viewer, covered.distinguishesClasses);
        if (found === "changing") changing.add(`this.${read.name}`);
        else if (found && missing.get(read.name)?.grade !== "error") missing.set(read.name, found);
      }
    if (!covered.distinguishesClasses)
      for (const found of this.#leftToClasses(missing))
        if (!covered.members.has(found.symbol)) missing.set(found.name, found);
    return { missing: [...missing.values()], changing: [...changing] };
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
    const members = memberReadsOf(context, reachableFrom(context, [this.#node], { dispatch }));
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
    const fields = fieldsFor(context, viewer);
    if (!isPlainData(context, type)) return fields.isReconfigured(symbol, this.#node);
    return !isStore(context, type) && fields.isSetByCaller(symbol, this.#node);
  }

  #lackOf(
    read: MemberRead,
    { kind, sources }: Field,
    viewer: Viewer | null,
    isKnownByClass: boolean,
  ): Missing | "changing" | null {
    const { context } = this;
    const { name, type, paths } = read;
    if (isPlainData(context, type)) {
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
    if (isKnownByClass) return null;
    const fields = fieldsFor(context, viewer);
    if (fields.isMadeOfData(read.symbol) || fields.isReconfigured(read.symbol, this.#node))
      isDifferent = true;
    if (this.#coverage && this.#differsInType(read)) isDifferent = true;
    const isFunction = isGivenByHand(context, read);
    const present = { ...read, type: context.checker.getNonNullableType(type) };
    if (isGivenByHand(context, present) && fields.isSetByCaller(read.symbol, this.#node))
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
        ? isPlainData(this.context, signature.getReturnType())
        : isPlainData(this.context, type);
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
    distinguishesClasses: boolean;
  } | null {
    const { context } = this;
    const names = this.#coverage?.members ?? new Set<string>();
    if (names.has("")) return null;
    const receiver = this.#receiverType();
    const named = [...names].flatMap((name) => receiver?.getProperty(name) ?? []);
    const read = memberReadsOf(context, this.reachableFromKey(false)).map(({ symbol }) => symbol);
    const members = new Set([...named, ...read].map((symbol) => declaredMember(context, symbol)));
    const fields = fieldsFor(context, this.#owner && { of: this.#owner, exact: false });
    const sources = new Set([...members].flatMap((symbol) => [...fields.fieldOf(symbol).sources]));
    const owner = this.#owner;
    const tells = (symbol: ts.Symbol): boolean =>
      owner !== null && differsByClass(context, owner, symbol);
    return {
      members,
      sources,
      distinguishesClasses:
        names.has("constructor") || sources.size > 0 || [...members].some(tells),
    };
  }

  /** Returns the members of `this` that the key names, if they are code. */
  reachableFromKey(everywhere: boolean): Reachable {
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
    return reachableFrom(this.context, bodies, { everywhere });
  }

  #receiverType(): ts.Type | null {
    return receiverType(this.context, this.#node);
  }
}
