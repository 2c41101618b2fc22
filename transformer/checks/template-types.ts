import type ts from "typescript";
import { nearest } from "../../runtime/suggest";
import { type PlannedTarget } from "../plan/analyze-file";
import { parseExpression } from "../directive/expression";
import { type Scalar } from "../directive/parse-directive";
import { parseTemplate, parseTtl } from "../directive/parse-template";
import { problem, type Problem } from "../context/rules";
import { type Span } from "../context/source-text";
import { type Check, type CheckContext } from "../plan/check-context";
import { type ExpressionScope, scopeOf, withResult } from "./types/expression-scope";
import { type ExpressionFinding, ExpressionTyper } from "./types/expression-types";
import { findUnkeyable, type Unkeyable } from "./keyable-type";
import { nameOfType } from "./types/type-walk";

/** Resolves what keys, tags and `when` read at the function's place, down to the last property. */
export const checkTemplateTypes: Check = (context) => {
  for (const target of context.targets) {
    const scope = scopeOf(context, target.target.node, target.plan.batch !== null);
    const { key, tags, when, ttlOfResult } = target.options;
    if (key) new TemplateCheck(context, target, scope, "key", key).run();
    else checkDefaultKey(context, target, scope);
    // Tags and a ttl that are made of the result are not evaluated if it is null.
    const ofResult = withResult(context, scope, "present");
    for (const tag of tags) new TemplateCheck(context, target, ofResult, "tag", tag).run();
    if (ttlOfResult) new TemplateCheck(context, target, ofResult, "ttl", ttlOfResult).run();
    if (when) checkWhen(context, target, withResult(context, scope, "any"), when);
  }
};

/** Checks the default key: every argument is a part of it, except an AbortSignal. */
function checkDefaultKey(
  context: CheckContext,
  target: PlannedTarget,
  scope: ExpressionScope,
): void {
  const parameters = scope.parameters.filter((_, i) => i !== target.plan.signal);
  const found = parameters.map(({ type }) => findUnkeyable(context, type));
  const keyable = parameters.filter((_, i) => !found[i]);
  const others = keyable.flatMap(({ name }) => (name === null ? [] : [`{${name}}`]));
  const example =
    others.length === keyable.length && target.target.name !== null
      ? `: key: "${[target.target.name, others.join("-")].filter((text) => text !== "").join(":")}"`
      : "";
  parameters.forEach(({ label, name }, i) => {
    const unkeyable = found[i];
    if (!unkeyable) return;
    const value = `Parameter ${label} of ${target.owner}`;
    const instead = `Leave it out with an explicit key${example}.`;
    context.report(
      graded(
        unkeyable,
        problem(
          "unkeyableValue",
          target.word,
          value,
          predicateOf(name ?? "", unkeyable),
          "a key",
          instead,
        ),
      ),
      target,
    );
  });
}

function checkWhen(
  context: CheckContext,
  target: PlannedTarget,
  scope: ExpressionScope,
  when: Scalar,
): void {
  const check = new ExpressionCheck(context, target, scope, {
    text: when.text,
    label: `"${when.text}"`,
    where: "when",
    place: (start, end) => when.part(start, end),
  });
  check.condition();
}

type TemplateKind = "key" | "tag" | "ttl";

class TemplateCheck {
  constructor(
    private readonly context: CheckContext,
    private readonly target: PlannedTarget,
    private readonly scope: ExpressionScope,
    private readonly kind: TemplateKind,
    private readonly scalar: Scalar,
  ) {}

  run(): void {
    const { context, target, scope, kind, scalar } = this;
    const parsed = kind === "ttl" ? parseTtl(scalar.text) : parseTemplate(scalar.text);
    if ("message" in parsed) return;
    const isAlone = parsed.placeholders.length === 1 && parsed.texts.every((text) => text === "");
    for (const { text, start } of parsed.placeholders) {
      const where = `${kind} "${scalar.text}"`;
      const place = (from: number, to: number): Span => scalar.part(start + from, start + to);
      const label = text === scalar.text ? `"${text}"` : `{${text}}`;
      const check = new ExpressionCheck(context, target, scope, { text, label, where, place });
      const position = /^\d+$/.test(text) ? scope.parameters[Number(text)] : undefined;
      if (kind === "ttl") check.duration(scalar, isAlone);
      else if (position) check.keyable(position.type, 0, text.length, position.label, kind);
      else check.value(kind);
    }
  }
}

interface ExpressionText {
  readonly text: string;
  /** The text in messages. */
  readonly label: string;
  readonly where: string;
  readonly place: (start: number, end: number) => Span;
}

class ExpressionCheck {
  readonly #typer: ExpressionTyper;

  constructor(
    private readonly context: CheckContext,
    private readonly target: PlannedTarget,
    scope: ExpressionScope,
    private readonly source: ExpressionText,
  ) {
    this.#typer = new ExpressionTyper(context, scope, (finding) =>
      this.#report(this.#problemOf(finding)),
    );
  }

  /** Checks that the value of a placeholder can be part of a key. */
  value(kind: TemplateKind): void {
    const node = this.#parse();
    if (node) this.#value(node, kind);
  }

  /** @param isAlone the ttl is nothing but this, and then a number is not a duration */
  duration(scalar: Scalar, isAlone: boolean): void {
    const node = this.#parse();
    if (!node) return;
    const { checker, ts } = this.context;
    const types = this.#typer.typesOf(node) ?? [];
    const number = types.find((type) => type.flags & ts.TypeFlags.NumberLike);
    if (!number || !isAlone) return;
    const name = checker.typeToString(checker.getBaseTypeOfLiteralType(number));
    this.#report(problem("ttlWithoutUnit", this.#span(node), scalar.text, name, this.source.text));
  }

  condition(): void {
    const node = this.#parse();
    if (!node) return;
    const [type, ...others] = this.#typer.typesOf(node) ?? [];
    if (!type || others.length > 0) return;
    const found = findUnkeyable(this.context, type);
    if (found?.path !== "" || !/^a (function|promise)$/.test(found.what)) return;
    const instead =
      found.what === "a function"
        ? `Call it: "${this.source.text}()".`
        : "Compare something that is known without waiting.";
    this.#report(problem("alwaysTrue", this.#span(node), this.source.text, found.what, instead));
  }

  #parse(): ts.Expression | null {
    const parsed = parseExpression(this.context.ts, this.source.text);
    return "why" in parsed ? null : parsed.node;
  }

  /** Looks at the parts of a list, an object or a condition one by one. */
  #value(node: ts.Expression, kind: TemplateKind): void {
    const { ts } = this.context;
    if (ts.isParenthesizedExpression(node)) return this.#value(node.expression, kind);
    if (ts.isArrayLiteralExpression(node))
      return node.elements.forEach((element) => this.#value(element, kind));
    if (ts.isSpreadElement(node)) return this.#value(node.expression, kind);
    if (ts.isObjectLiteralExpression(node)) {
      return node.properties.forEach(
        (property) => ts.isPropertyAssignment(property) && this.#value(property.initializer, kind),
      );
    }
    const [start, end] = [this.#offset(node.getStart()), this.#offset(node.end)];
    const text = this.source.text.slice(start, end);
    if (ts.isArrowFunction(node))
      return this.#unkeyable(
        { what: "a function", path: "", isOneOf: false, isForeign: false },
        start,
        end,
        text,
        kind,
      );
    for (const type of this.#typer.typesOf(node) ?? [])
      if (this.keyable(type, start, end, text, kind)) return;
  }

  /** Returns whether something was wrong, which has been reported. */
  keyable(type: ts.Type, start: number, end: number, text: string, kind: TemplateKind): boolean {
    const found = findUnkeyable(this.context, type);
    // A tag has the text of the value, whatever it is made of: an instance may well have one.
    const isWrong = found && (kind !== "tag" || (found.path === "" && hasNoText.test(found.what)));
    if (isWrong) this.#unkeyable(found, start, end, text, kind);
    if (isWrong || kind !== "tag" || !this.#typer.isShapeless(type)) return isWrong === true;
    const { label, where, place } = this.source;
    const name = nameOfType(this.context, type);
    this.#report(problem("objectInText", place(start, end), label, where, text, name));
    return true;
  }

  #unkeyable(found: Unkeyable, start: number, end: number, text: string, kind: TemplateKind): void {
    const { where, place } = this.source;
    const label = end - start === this.source.text.length ? this.source.label : text;
    const instead =
      found.what === "a function" && found.path === "" && !/[()]/.test(text)
        ? "Call it, or name what identifies it."
        : "Name what identifies it.";
    const isWhat = predicateOf(text, found);
    const value = `${label} in ${where}`;
    this.#report(
      graded(
        found,
        problem("unkeyableValue", place(start, end), value, isWhat, `a ${kind}`, instead),
      ),
    );
  }

  #problemOf(finding: ExpressionFinding): Problem {
    const { context } = this;
    const { label, where, text } = this.source;
    const { node } = finding;
    const span = this.#span(node);
    const nodeText = text.slice(this.#offset(node.getStart()), this.#offset(node.end));
    switch (finding.kind) {
      case "unknown-property": {
        const { property, type } = finding;
        const known = this.#propertiesOf(type);
        // A long list, such as the members of a string or an array, doesn't help.
        const shown = known.length > 12 ? [] : known;
        const near = nearest(property, known);
        return problem(
          "unknownProperty",
          span,
          label,
          where,
          property,
          nameOfType(context, type),
          near,
          shown,
        );
      }
      case "possibly-undefined":
        return problem(
          "possiblyUndefined",
          span,
          label,
          where,
          nodeText,
          finding.nullish,
          this.#optionalAt(node),
        );
      case "not-callable":
        return problem(
          "notCallable",
          span,
          label,
          where,
          nodeText,
          nameOfType(context, finding.type),
        );
      case "object-in-text":
        return problem(
          "objectInText",
          span,
          label,
          where,
          nodeText,
          nameOfType(context, finding.type),
        );
      case "never-equal":
        return problem(
          "neverEqual",
          span,
          label,
          where,
          finding.node.text,
          nearest(finding.node.text, finding.known),
          finding.known,
        );
    }
  }

  #propertiesOf(type: ts.Type): readonly string[] {
    const { checker } = this.context;
    const names = checker
      .getPropertiesOfType(checker.getApparentType(type))
      .map(({ name }) => name);
    return names.filter((name) => !name.startsWith("__") && name !== "prototype");
  }

  /**
   * Returns the expression with an optional chain after the node, as it is written in the
   * directive.
   */
  #optionalAt(node: ts.Node): string {
    const { where, text } = this.source;
    const end = this.#offset(node.end);
    const instead = `${text.slice(0, end)}?.${text.slice(end).replace(/^\s*\./, "")}`;
    return where === "when" ? `"${instead}"` : `{${instead}}`;
  }

  /**
   * Returns an offset in the text, because the expression was parsed with a parenthesis before it.
   */
  #offset(position: number): number {
    return position - 1;
  }

  #span(node: ts.Node): Span {
    return this.source.place(this.#offset(node.getStart()), this.#offset(node.end));
  }

  #report(found: Problem): void {
    this.context.report(found, this.target);
  }
}

/** Values that a tag can't be made of, whatever their `toString` returns. */
const hasNoText = /^a (function|symbol|promise)$/;

/**
 * Makes it a hint if only a library's types allow it. That is not a reason to stop a build: a call
 * that does pass it rejects with a KeyError.
 */
function graded({ isForeign }: Unkeyable, found: Problem): Problem {
  return isForeign ? { ...found, grade: "hint" } : found;
}

/** `is a function`, `may have an AbortSignal at options.signal` */
function predicateOf(name: string, { what, path, isOneOf }: Unkeyable): string {
  if (path === "") return `${isOneOf ? "may be" : "is"} ${what}`;
  return `${isOneOf ? "may have" : "has"} ${what} at ${name}${path.startsWith("[") || name === "" ? "" : "."}${path}`;
}
