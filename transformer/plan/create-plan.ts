import { type ChangingDefault } from "../target/changing-default";
import { type FileContext } from "../context/file-context";
import { madeUpParameter, type Parameter } from "../target/parameters";
import { parseExpression } from "../directive/expression";
import { type Scalar } from "../directive/parse-directive";
import { parseTemplate, parseTtl } from "../directive/parse-template";
import { type DirectiveOptions } from "../directive/resolve-options";
import { problem, type Problem } from "../context/rules";
import { type Span } from "../context/source-text";
import { parseDuration } from "../../runtime/duration";
import { nearest } from "../../runtime/suggest";

/** A directive and its target after all checks, as plain data without compiler nodes. */
export interface TargetPlan {
  /** `module.Class.function` */
  readonly name: string;
  /** The parameters as templates see them: in a batch, the first is one id. */
  readonly parameters: readonly Parameter[];
  readonly key: ValuesPlan;
  readonly tags: readonly TemplatePlan[];
  readonly when: WhenPlan | null;
  /** A ttl that is made of the result. */
  readonly ttl: TemplatePlan | null;
  readonly options: Pick<
    DirectiveOptions,
    | "namespace"
    | "ttlMs"
    | "nullTtlMs"
    | "staleMs"
    | "staleIfErrorMs"
    | "early"
    | "jitter"
    | "verify"
    | "timeoutMs"
    | "memoryMs"
    | "share"
    | "codec"
    | "cache"
  >;
  /** The index of the argument that is an AbortSignal. */
  readonly signal: number | null;
  readonly batch: BatchPlan | null;
  /** The fingerprint of what is stored, if it is part of the key. */
  readonly version: string | null;
  /** The default key doesn't begin with the name of a package, because there is none. */
  readonly isNameless: boolean;
  /**
   * The loader looks as if it changes data, so it is not run to verify a hit unless the directive
   * says so.
   */
  readonly changesData: boolean;
  /** Whether the loader or a template reads `this`. */
  readonly receiver: boolean;
  /** Whether a template reads `this`. */
  readonly templatesUseThis: boolean;
  /**
   * The class or object whose `this` the loader expects, if the default key has to distinguish
   * receivers.
   */
  readonly home: HomePlan | null;
}

/** A class, by the name that it is registered under, or an object literal, which has no name. */
export type HomePlan = { readonly className: string } | "literal";

export interface BatchPlan {
  readonly result: "array" | "map";
  readonly rest: boolean;
}

/**
 * The values of placeholders as expressions over parameters, all of them text. Without `texts`, it
 * is the default key.
 */
export interface ValuesPlan {
  readonly texts: readonly string[] | null;
  readonly parameters: readonly Parameter[];
  readonly expressions: readonly string[];
}

export interface TemplatePlan extends ValuesPlan {
  readonly texts: readonly string[];
  /** An expression reads the result, which is the first argument, before the parameters. */
  readonly usesResult: boolean;
}

export interface WhenPlan {
  readonly parameters: readonly Parameter[];
  readonly expression: string;
}

/** Facts about a target that the checks need besides its parameters. */
export interface TargetFacts {
  readonly name: string;
  /** The name that messages use for it: `UserService.profile`. */
  readonly owner: string;
  /** The parameters as templates see them: in a batch, the first is one id. */
  readonly parameters: readonly Parameter[];
  readonly batch: BatchPlan | null;
  /** The source's name for the list of ids of a batch. Templates see one of them. */
  readonly listName: string | null;
  readonly usesThis: boolean;
  readonly usesArguments: boolean;
  /** Whether it looks as if it changes data. */
  readonly changesData: boolean;
  readonly changingDefaults: readonly ChangingDefault[];
  readonly home: HomePlan | null;
}

/** Binds the names in templates to parameters. Returns null if one of them names nothing. */
export function createPlan(
  context: FileContext,
  options: DirectiveOptions,
  facts: TargetFacts,
  word: Span,
): TargetPlan | null {
  const binder = new Binder(context, facts);
  const key = options.key ? binder.template("key", options.key) : binder.defaultKey(word);
  const tags = options.tags.map((tag) => binder.tag(tag));
  const ttl = options.ttlOfResult ? binder.ttl(options.ttlOfResult) : null;
  const when = options.when ? binder.when(options.when) : null;
  if (binder.failed || !key) return null;
  return {
    name: facts.name,
    parameters: facts.parameters,
    key,
    tags: tags as TemplatePlan[],
    when,
    ttl,
    options,
    signal: signalOf(facts),
    batch: facts.batch,
    version: null,
    isNameless: !context.moduleName.isOwn && !options.key,
    changesData: facts.changesData,
    receiver: facts.usesThis || binder.usesThis,
    templatesUseThis: binder.usesThis,
    home: key.texts ? null : facts.home,
  };
}

function signalOf({ parameters }: TargetFacts): number | null {
  const index = parameters.findIndex(({ signal }) => signal);
  return index === -1 ? null : index;
}

/** Has every argument, including those beyond the declared ones if the body can see them. */
function defaultKey({ parameters, usesArguments }: TargetFacts): ValuesPlan {
  const hasRest = parameters.some((parameter) => parameter.rest);
  const further = madeUpParameter("further", parameters, true);
  const all = usesArguments && !hasRest ? [...parameters, further] : parameters;
  return {
    texts: null,
    parameters: all.map((parameter) => ({ ...parameter, pattern: null })),
    expressions: all
      .filter(({ signal }) => !signal)
      .map(({ local, rest }) => (rest ? `...${local}` : local)),
  };
}

/** The names that the expressions of a template read. */
interface Uses {
  readonly parameters: Set<Parameter>;
  /** They read a name that exists besides the parameters: the result. */
  further: boolean;
}

class Binder {
  failed = false;
  usesThis = false;
  readonly #byName = new Map<string, Parameter>();

  constructor(
    private readonly context: FileContext,
    private readonly facts: TargetFacts,
  ) {
    for (const parameter of facts.parameters) {
      for (const name of parameter.pattern?.names ?? [parameter.local])
        this.#byName.set(name, parameter);
    }
  }

  /** @param word the place of the directive, because it doesn't mention the key */
  defaultKey(word: Span): ValuesPlan {
    const ofSignals = this.facts.parameters
      .filter(({ signal }) => signal)
      .map(({ local }) => local);
    for (const { names, text } of this.facts.changingDefaults) {
      const [name = "it"] = names;
      if (!ofSignals.includes(name))
        this.fail(problem("changingDefault", word, text, this.facts.owner, name));
    }
    return defaultKey(this.facts);
  }

  /**
   * Binds a tag. A tag may be made of the result, which is known only after the load; then the kind
   * of tag must be known before.
   */
  tag(scalar: Scalar): TemplatePlan | null {
    const plan = this.template("tag", scalar, ["result"]);
    if (!plan?.usesResult || /^[^:]+:/.test(plan.texts[0] as string)) return plan;
    return this.fail(problem("resultTagWithoutPrefix", scalar.span, scalar.text));
  }

  ttl(scalar: Scalar): TemplatePlan | null {
    const plan = this.template("ttl", scalar, ["result"]);
    const unit = plan?.texts.slice(1).join("").trim();
    // A placeholder without text around it has to be a duration by itself.
    if (!plan || unit === "" || parseDuration(plan.texts.join("1")) !== null) return plan;
    return this.fail(
      problem("badDuration", scalar.span, "ttl", scalar.text, "Write {…}s, {…}m or {…}h.", null),
    );
  }

  template(
    kind: "key" | "tag" | "ttl",
    scalar: Scalar,
    further: readonly string[] = [],
  ): TemplatePlan | null {
    const where = `${kind} "${scalar.text}"`;
    const parsed = kind === "ttl" ? parseTtl(scalar.text) : parseTemplate(scalar.text);
    if ("message" in parsed)
      return this.fail(
        problem("badTemplate", scalar.part(parsed.start, parsed.end), where, parsed.message),
      );
    const uses: Uses = { parameters: new Set(), further: false };
    const expressions = parsed.placeholders.map(({ text, start, end }) => {
      const position = /^\d+$/.test(text) ? Number(text) : null;
      if (position === null) return this.#expression(text, scalar, start, where, uses, further);
      const parameter = this.facts.parameters[position];
      if (!parameter) return this.#unknown(text, scalar.part(start, end), where);
      uses.parameters.add({ ...parameter, pattern: null });
      for (const name of parameter.pattern?.names ?? [parameter.local])
        this.#checkDefault(name, scalar.part(start, end));
      return parameter.local;
    });
    if (kind === "key" && !expressions.includes(null))
      this.#checkBatchKey(scalar, where, uses.parameters);
    return {
      texts: parsed.texts,
      parameters: this.#parametersFor(uses.parameters),
      expressions: expressions as string[],
      usesResult: uses.further,
    };
  }

  #checkBatchKey({ span }: Scalar, where: string, used: ReadonlySet<Parameter>): void {
    const { batch, parameters, owner } = this.facts;
    const [id] = parameters;
    if (!batch || !id || [...used].some(({ local }) => local === id.local)) return;
    this.fail(problem("batchKeyWithoutId", span, where, owner, id.local));
  }

  when(scalar: Scalar): WhenPlan {
    const uses: Uses = { parameters: new Set(), further: false };
    const expression = this.#expression(scalar.text, scalar, 0, "when", uses, ["result"]);
    return { parameters: this.#parametersFor(uses.parameters), expression: expression ?? "" };
  }

  #checkResultName(scalar: Scalar, where: string): void {
    if (!this.#byName.has("result")) return;
    const why = `can't tell the result from the parameter "result" of ${this.facts.owner}. Rename the parameter.`;
    this.fail(problem("badExpression", scalar.span, scalar.text, where, why));
  }

  #expression(
    text: string,
    scalar: Scalar,
    offset: number,
    where: string,
    uses: Uses,
    further: readonly string[],
  ): string | null {
    const parsed = parseExpression(this.context.ts, text);
    if ("why" in parsed)
      return this.fail(
        problem(
          "badExpression",
          scalar.part(offset + parsed.start, offset + parsed.end),
          text,
          where,
          parsed.why,
        ),
      );
    if (parsed.usesThis) this.usesThis = true;
    for (const use of parsed.names) {
      // A tag over the arguments is known before the load. In such a tag, the name means the
      // parameter.
      if (further.includes(use.text) && !(where.startsWith("tag ") && this.#byName.has(use.text))) {
        this.#checkResultName(scalar, where.startsWith("ttl ") ? "ttl" : where);
        uses.further = true;
        continue;
      }
      const start = offset + use.start;
      const span = scalar.part(start, start + use.text.length);
      const parameter = this.#byName.get(use.text);
      if (!parameter && use.global) continue;
      if (!parameter) this.#unknown(use.text, span, where, further);
      else {
        uses.parameters.add(parameter);
        if (where.startsWith("when")) continue;
        if (parameter.computedDefault && use.dereferenced)
          this.fail(problem("defaultNotLiteral", span, text, use.text));
        else if (!use.hasFallback) this.#checkDefault(use.text, span);
      }
    }
    return text;
  }

  #checkDefault(name: string, span: Span): void {
    const found = this.facts.changingDefaults.find(({ names }) => names.includes(name));
    if (found) this.fail(problem("changingDefault", span, found.text, this.facts.owner, name));
  }

  #unknown(name: string, span: Span, where: string, further: readonly string[] = []): null {
    const names = [...this.#byName.keys()];
    const known = where === "when" ? [...names, ...further] : names;
    const { listName, parameters, owner } = this.facts;
    if (name === listName)
      return this.fail(
        problem("wholeList", span, name, where, owner, parameters[0]?.local ?? "id"),
      );
    return this.fail(
      problem(
        "unknownPlaceholder",
        span,
        name,
        where,
        this.facts.owner,
        known,
        nearest(name, [...names, ...further]),
      ),
    );
  }

  /**
   * Returns the parameters up to the last one that is used. A pattern is taken apart only if one of
   * its names is used.
   */
  #parametersFor(used: ReadonlySet<Parameter>): Parameter[] {
    const { parameters } = this.facts;
    const usedLocals = new Set([...used].map(({ local }) => local));
    const takenApart = new Set(
      [...used].filter(({ pattern }) => pattern).map(({ local }) => local),
    );
    const last = parameters.findLastIndex(({ local }) => usedLocals.has(local));
    return parameters
      .slice(0, last + 1)
      .map((parameter) =>
        takenApart.has(parameter.local) ? parameter : { ...parameter, pattern: null },
      );
  }

  fail(found: Problem): null {
    this.failed = true;
    this.context.report(found);
    return null;
  }
}
