import type ts from "typescript";
import { type PlannedTarget } from "../analyze-file";
import { type TargetNode } from "../find-target";
import { type Grade, problem } from "../rules";
import { type Span } from "../source-text";
import { type Check, type CheckContext } from "./check";
import { capturedReads, type VariableRead } from "./captured-reads";
import { Fields } from "./fields";
import { coverageOf, type KeyCoverage } from "./key-coverage";
import { declaredMember, type MemberReads, memberReadsOf } from "./member-reads";
import { parameterReads } from "./parameter-reads";
import { suggestKey } from "./suggest-key";
import { isData, isPrimitive } from "./value-types";

/**
 * What the loader reads must be in its key: else two callers share an entry that was made for one of them. A value of
 * which nothing certain is known (a service, `any`) is not asked for.
 */
export const checkCompleteKey: Check = (context) => {
  const known = new Map<ts.ClassLikeDeclaration | null, Fields>();
  for (const target of context.targets) {
    const owner = context.ts.findAncestor(target.target.node, (outer) => context.ts.isClassLike(outer)) ?? null;
    const fields = known.get(owner) ?? new Fields(context, owner);
    known.set(owner, fields);
    const found = new Finder(context, target, fields);
    found.checkParameters();
    found.checkFields();
    found.checkVariables();
  }
};

interface Advice {
  readonly advice: string;
  /** A key that has what is missing, in quotes; null where a key can't. */
  readonly key: string | null;
}

class Finder {
  readonly #node: TargetNode;
  /** Null: the default key, which has all arguments and nothing else. */
  readonly #coverage: KeyCoverage | null;
  readonly #place: Span;

  constructor(
    private readonly context: CheckContext,
    private readonly planned: PlannedTarget,
    private readonly fields: Fields,
  ) {
    const { target, plan, options, word } = planned;
    this.#node = target.node;
    this.#coverage = plan.key.texts ? coverageOf(context.ts, plan.key) : null;
    this.#place = options.key?.span ?? word;
  }

  checkParameters(): void {
    if (!this.#coverage) return;
    for (const { value, placeholder } of parameterReads(this.context, this.planned, this.#coverage)) {
      const key = this.#suggest([placeholder]);
      this.#report(value, { advice: `Add ${placeholder} to the key, as in key: ${key}.`, key });
    }
  }

  checkFields(): void {
    const covered = this.#coveredFields();
    if (!covered) return;
    const { fields, getters } = memberReadsOf(this.context, [this.#node]);
    /** With the grade that it is told in. */
    const missing = new Map<string, Grade>();
    const changing: string[] = [];
    for (const { symbol, name, node, nodes } of [...fields, ...getters]) {
      const type = this.context.checker.getTypeOfSymbolAtLocation(symbol, node);
      if (covered.members.has(declaredMember(this.context, symbol))) continue;
      if (!isPrimitive(this.context, type) && !isData(this.context, type)) continue;
      const { kind, sources } = this.fields.fieldOf(symbol);
      const isCovered = sources.size > 0 && [...sources].every((source) => covered.sources.has(source));
      if (kind === "constant" || isCovered) continue;
      const isMinor =
        isTuning(name) || isReplica(this.context, type) || nodes.every((one) => isTuningOf(this.context, one));
      if (kind === "given") missing.set(name, isMinor ? "hint" : "error");
      else changing.push(`this.${name}`);
    }
    if (changing.length > 0)
      this.context.report(problem("changingField", this.#place, this.planned.owner, changing), this.planned);
    for (const [name, grade] of missing) {
      const together = [...missing.keys()].filter((one) => one === name || missing.get(one) === "error");
      this.#report(`this.${name}`, this.#adviceForField(name, together), grade);
    }
  }

  checkVariables(): void {
    for (const { name, kind } of capturedReads(this.context, this.#node)) this.#reportVariable(name, kind);
  }

  #reportVariable(name: string, kind: VariableRead["kind"]): void {
    if (kind === "changing")
      this.context.report(problem("changingVariable", this.#place, this.planned.owner, name), this.planned);
    else
      this.#report(name, {
        advice: `${kind === "captured" ? "It belongs to the function around" : "The module changes it"}: make it a parameter.`,
        key: null,
      });
  }

  /** What the key has of `this`; null if it has all of it. Fields that are made of the same values are in it too. */
  #coveredFields(): { members: ReadonlySet<ts.Symbol>; sources: ReadonlySet<ts.Symbol> } | null {
    const names = this.#coverage?.members ?? new Set();
    if (names.has("")) return null;
    const { fields, getters, methods } = membersNamed(this.context, this.#node, names);
    const read = [...fields, ...getters].map(({ symbol }) => symbol);
    const sources = read.flatMap((symbol) => [...this.fields.fieldOf(symbol).sources]);
    const members = [...read, ...methods].map((symbol) => declaredMember(this.context, symbol));
    return { members: new Set(members), sources: new Set(sources) };
  }

  #adviceForField(name: string, all: readonly string[]): Advice {
    if (name.startsWith("#"))
      return {
        advice: `A template can't read a private name: make it "private ${name.slice(1)}", and add {this.${name.slice(1)}} to the key.`,
        key: null,
      };
    const placeholders = all.filter((one) => !one.startsWith("#")).map((one) => `{this.${one}}`);
    const key = this.#suggest(placeholders);
    const advice = this.#coverage
      ? `Add {this.${name}} to the key, as in key: ${key}.`
      : `The default key has the arguments only: write key: ${key}.`;
    return { advice, key };
  }

  #suggest(placeholders: readonly string[]): string {
    return `"${suggestKey(this.context, this.planned, placeholders)}"`;
  }

  #report(value: string, { advice, key }: Advice, grade: Grade = isTuning(value) ? "hint" : "error"): void {
    const found = problem("incompleteKey", this.#place, this.planned.owner, value, advice, key);
    this.context.report({ ...found, grade }, this.planned);
  }
}

/** How long to wait and how often to try again change when there is a result, hardly ever which: no reason to stop a build. */
function isTuning(value: string): boolean {
  const name = value.split(".").pop() ?? "";
  return (
    /timeout|retry|retries|attempts|interval|backoff|deadline|frequency|concurrency|poolSize|cacheSize|keepAlive|verbose|debug|logLevel|silent/i.test(
      name,
    ) || /(?:^|_)ttl|Ttl|TTL/.test(name)
  );
}

/** `this.options.timeout` */
function isTuningOf({ ts }: CheckContext, { parent }: ts.Node): boolean {
  return ts.isPropertyAccessExpression(parent) && isTuning(parent.name.text);
}

const replicas = new Set("leader follower master slave primary secondary standby replica reader writer".split(" "));

/** `"master" | "slave"`: which copy of the data is asked. */
function isReplica({ checker }: CheckContext, type: ts.Type): boolean {
  const present = checker.getNonNullableType(type);
  return present.isUnion() && present.types.every((member) => member.isStringLiteral() && replicas.has(member.value));
}

/** What the members that a key names read, and they themselves. */
function membersNamed(
  context: CheckContext,
  node: TargetNode,
  names: ReadonlySet<string>,
): MemberReads & { methods: ts.Symbol[] } {
  const { ts, checker } = context;
  const owner = ts.findAncestor(node, (outer) => ts.isClassLike(outer));
  const type = owner && checker.getTypeAtLocation(owner);
  const symbols = [...names].flatMap((name) => type?.getProperty(name) ?? []);
  const bodies = symbols.flatMap((symbol) =>
    (symbol.declarations ?? []).filter((one) => ts.isMethodDeclaration(one) || ts.isGetAccessor(one)),
  );
  const { fields, getters } = memberReadsOf(context, bodies);
  const direct = symbols.map((symbol) => ({ symbol, name: symbol.name, node, nodes: [node] }));
  return { fields: [...fields, ...direct], getters, methods: symbols };
}
