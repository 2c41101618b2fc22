import type ts from "typescript";
import { lineNumber } from "../context/line-number";
import { type PlannedTarget } from "../plan/analyze-file";
import { changingDefaults } from "../target/changing-default";
import { type TargetNode } from "../target/target-node";
import { type Grade, problem } from "../context/rules";
import { type Span } from "../context/source-text";
import { contextReadsOf, mayReadContext } from "./caller-context";
import { type Check, type CheckContext } from "../plan/check-context";
import { coverageOf, type KeyCoverage } from "./code/key-coverage";
import { parameterReads, serviceParameterReads } from "./code/parameter-reads";
import { type Reachable, reachableFrom } from "./code/reachable-code";
import { sharedObjectReads } from "./code/shared-object-reads";
import { suggestKey } from "./code/suggest-key";
import { variableReads } from "./code/variable-reads";
import { isTuning } from "./code/tuning";
import { ownerOf } from "./code/receiver-class";
import { type Missing, MissingMembers } from "./missing-members";
import { differsBySubclass } from "./code/object-classes";

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

class Finder {
  readonly #node: TargetNode;
  /** Null for the default key, which has all arguments and nothing else. */
  readonly #coverage: KeyCoverage | null;
  readonly #place: Span;
  readonly #owner: ts.ClassLikeDeclaration | null;
  readonly #reachable: Reachable;
  readonly #members: MissingMembers;
  /** The values that have been reported. */
  readonly #reported = new Set<string>();

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
    this.#reachable = reachableFrom(context, [target.node], { everywhere });
    this.#members = new MissingMembers(context, {
      node: target.node,
      owner: this.#owner,
      coverage: this.#coverage,
      reachable: this.#reachable,
    });
  }

  checkParameters(): void {
    if (!this.#coverage) return;
    const reads = [
      ...parameterReads(this.context, this.planned, this.#coverage),
      ...serviceParameterReads(this.context, this.planned, this.#coverage, this.#reachable),
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
    const { missing, changing } = this.#members.find();
    if (changing.length > 0)
      this.context.report(
        problem("changingField", this.#place, this.planned.owner, changing),
        this.planned,
      );
    for (const one of missing) this.#reportMember(one, missing);
  }

  checkVariables(): void {
    for (const { name, kind, isWhole } of variableReads(
      this.context,
      this.#node,
      this.#reachable,
    )) {
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
    for (const name of sharedObjectReads(this.context, this.#node, this.#reachable))
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
    const found = contextReadsOf(this.context, this.#reachable);
    if (found.size === 0) return;
    const inKey = contextReadsOf(this.context, this.#members.reachableFromKey(true));
    const { owner } = this.planned;
    for (const { what, through, node, path } of found.values()) {
      // A key may name what is read through a service of the object: `{this.tenants.id}`.
      const named = path ?? through[0] ?? null;
      if (inKey.has(what) || (named !== null && this.#isReported(named))) continue;
      const line = lineNumber(node.getSourceFile(), node.getStart());
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
  #isReported(path: string): boolean {
    const [root, member = ""] = path.split(".");
    const inKey = root === "this" && this.#coverage?.members.has(member) === true;
    return inKey || [...this.#reported].some((value) => value.startsWith(path));
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
    this.#reported.add(value);
    const found = problem("incompleteKey", this.#place, this.planned.owner, value, advice, key);
    this.context.report({ ...found, grade }, this.planned);
  }
}
