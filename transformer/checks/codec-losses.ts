import type ts from "typescript";
import { type codecNames } from "../../runtime/plan";
import { isMadeByNew } from "./code/constructions";
import { isPropertyKey } from "./keyable-type";
import { type PlatformKind, type TypeContext } from "./types/platform-types";
import { type Instance, membersOf, shapeOf } from "./types/type-shape";
import { nameOfType, shortNameOf, type Step, walkType, withArticle } from "./types/type-walk";

export type BuiltInCodec = (typeof codecNames)[number];

/** A part of a type that a codec does not give back as it was. */
export interface Loss {
  /** The path from the root: `.items[].createdAt`. It is empty for the value itself. */
  readonly path: string;
  /** `is a Date` */
  readonly what: string;
  readonly kind: LossKind;
  /**
   * It may occur only because of a library's type: a union of which the program may use the rest.
   */
  readonly isForeign: boolean;
}

export type LossKind =
  | "bigint"
  | "symbol"
  | "function"
  | "undefined"
  | "instance"
  | "constructed"
  | "toJSON"
  | "NaN"
  | Extract<
      PlatformKind,
      "bytes" | "Date" | "Error" | "Map" | "Promise" | "RegExp" | "Set" | "weak"
    >;

/** changes: it comes back different. fails: it is never stored, in any call. */
type Fate = "kept" | "changes" | "fails";

/** The behaviour of runtime/codecs/codec.ts as a table. */
const fates: Readonly<Record<LossKind, Readonly<Record<BuiltInCodec, Fate>>>> = {
  bigint: { json: "fails", yaml: "fails", structured: "kept" },
  symbol: { json: "changes", yaml: "fails", structured: "fails" },
  function: { json: "changes", yaml: "fails", structured: "fails" },
  undefined: { json: "changes", yaml: "changes", structured: "kept" },
  instance: { json: "changes", yaml: "fails", structured: "changes" },
  // Whether it is data alone, but made by `new`.
  constructed: { json: "kept", yaml: "fails", structured: "kept" },
  toJSON: { json: "changes", yaml: "fails", structured: "changes" },
  NaN: { json: "changes", yaml: "kept", structured: "kept" },
  bytes: { json: "changes", yaml: "fails", structured: "kept" },
  Date: { json: "changes", yaml: "fails", structured: "kept" },
  Error: { json: "changes", yaml: "fails", structured: "kept" },
  Map: { json: "changes", yaml: "fails", structured: "kept" },
  Promise: { json: "changes", yaml: "fails", structured: "fails" },
  RegExp: { json: "changes", yaml: "fails", structured: "kept" },
  Set: { json: "changes", yaml: "fails", structured: "kept" },
  weak: { json: "changes", yaml: "fails", structured: "fails" },
};

export function fateOf(kind: LossKind, codec: BuiltInCodec): Fate {
  return fates[kind][codec];
}

export interface Losses {
  readonly losses: readonly Loss[];
  /** The first part of unknown type. */
  readonly unknown: { readonly path: string; readonly type: string } | null;
  /** The path of a property that is not optional, and may be undefined. */
  readonly undefinedProperty: string | null;
}

const known = new Map<BuiltInCodec, WeakMap<ts.Type, Losses>>();

export function findLosses(context: TypeContext, type: ts.Type, codec: BuiltInCodec): Losses {
  let answers = known.get(codec);
  if (!answers) known.set(codec, (answers = new WeakMap()));
  let answer = answers.get(type);
  if (!answer) answers.set(type, (answer = new LossFinder(context, codec).find(type)));
  return answer;
}

class LossFinder {
  readonly #losses: Loss[] = [];
  #unknown: Losses["unknown"] = null;
  #undefinedProperty: string | null = null;

  constructor(
    private readonly context: TypeContext,
    private readonly codec: BuiltInCodec,
  ) {}

  find(type: ts.Type): Losses {
    walkType(this.context, type, (step) => this.#visit(step));
    return {
      losses: this.#losses,
      unknown: this.#unknown,
      undefinedProperty: this.#undefinedProperty,
    };
  }

  /** Returns true to look inside. */
  #visit(step: Step): boolean {
    const { shape, path, type, place, members } = step;
    const is = step.ofUnions === "none" ? "is" : "may be";
    switch (shape.kind) {
      case "symbol":
        return isPropertyKey(this.context, step)
          ? false
          : this.#lose(step, shape.kind, `${is} a symbol`);
      case "bigint":
      case "function":
        return this.#lose(step, shape.kind, `${is} a ${shape.kind}`);
      case "undefined":
        if (place === "element" && !this.#isOfJsonValue(members))
          this.#lose(step, "undefined", `may be undefined, which becomes null`);
        if (place === "property" && members.length > 1) this.#undefinedProperty ??= path;
        return false;
      case "unknown":
        if (!step.isOpen) this.#unknown ??= { path, type: this.#nameOfUnknown(type) };
        return false;
      case "platform":
        if (!(shape.platform in fates)) return false;
        if (shape.platform === "Date" && this.#isText(members)) return false;
        // A user's class that extends it comes back as the class that it extends.
        if (!shape.own)
          return this.#lose(
            step,
            "instance",
            `${is} ${withArticle(nameOfType(this.context, type))}, which would lose its class`,
          );
        return this.#lose(
          step,
          shape.platform as LossKind,
          `${is} ${
            shape.platform === "Promise"
              ? "a promise"
              : withArticle(
                  shape.platform === "bytes"
                    ? shortNameOf(this.context, type)
                    : nameOfType(this.context, type),
                )
          }`,
        );
      case "instance":
        return this.#visitInstance(step, shape);
      default:
        return true;
    }
  }

  #visitInstance(step: Step, { member, toJson, isClass }: Instance): boolean {
    const { type, members } = step;
    const name = nameOfType(this.context, type);
    const is = step.ofUnions === "none" ? "is" : "may be";
    if (toJson && this.codec === "json") {
      // What comes back has the type too: `Decimal | string`.
      if (members.some((member) => this.context.checker.isTypeAssignableTo(toJson, member)))
        return false;
      return this.#lose(
        step,
        "toJSON",
        `${is} ${withArticle(name)}, which comes back as what its toJSON returns`,
      );
    }
    if (!member)
      return fateOf("constructed", this.codec) !== "kept" &&
        isClass &&
        isMadeByNew(this.context, type)
        ? this.#lose(step, "constructed", `${is} an instance of ${name}`)
        : true;
    const what = member.kind === "private" ? "private member" : member.kind;
    return this.#lose(
      step,
      "instance",
      `${is} ${withArticle(name)}, whose ${what} ${member.name} would be lost`,
    );
  }

  /** Recognises `string | Date`: JSON turns it into text, which the type allows. */
  #isText(members: readonly ts.Type[]): boolean {
    return (
      this.codec === "json" && members.some(({ flags }) => flags & this.context.ts.TypeFlags.String)
    );
  }

  /**
   * Recognises `type Json = string | undefined | Json[] | { [name: string]: Json }`. Only a
   * property may be undefined, because there is no undefined in lists where the value comes from.
   */
  #isOfJsonValue(members: readonly ts.Type[]): boolean {
    const all = new Set(members);
    return members.some((member) => {
      const shape = shapeOf(this.context, member);
      const [part] = shape.kind === "list" ? shape.parts() : [];
      return (
        part !== undefined && membersOf(this.context, part.type).every((inner) => all.has(inner))
      );
    });
  }

  /** Returns the name. A type that could not be resolved is any, whatever its name. */
  #nameOfUnknown(type: ts.Type): string {
    return type.flags & this.context.ts.TypeFlags.Any ? "any" : nameOfType(this.context, type);
  }

  /** Returns false if the codec loses it, since its contents don't matter then. */
  #lose({ path, ofUnions }: Step, kind: LossKind, what: string): boolean {
    if (fateOf(kind, this.codec) === "kept") return true;
    const isForeign = ofUnions === "foreign";
    if (!this.#losses.some((loss) => loss.path === path))
      this.#losses.push({ path, what, kind, isForeign });
    return false;
  }
}
