import { parseDuration } from "../../runtime/duration";
import { optionAdvice, type OptionNameAt, optionNamesAt, optionsAt } from "../../runtime/options";
import { parseShare } from "../../runtime/share";
import { nearest } from "../../runtime/suggest";
import { findForeignQuote } from "./explain-syntax";
import { type Entry, type ParsedDirective, type Scalar, type YamlValue } from "./parse-directive";
import { type PluginOptions } from "../context/plugin-options";
import { checkGrades, problem, type Problem } from "../context/rules";
import { type Span } from "../context/source-text";

/**
 * A directive whose options have been checked: durations are in milliseconds, and templates are
 * still text.
 */
export interface DirectiveOptions {
  readonly key: Scalar | null;
  readonly tags: readonly Scalar[];
  readonly when: Scalar | null;
  readonly namespace: string | null;
  readonly ttlMs: number | null;
  /** A ttl that is made of the result: a template, or a lone expression. */
  readonly ttlOfResult: Scalar | null;
  readonly nullTtlMs: number | null;
  /** Here and below, 0 turns the option off, whatever `configure` says. */
  readonly staleMs: number | null;
  readonly staleIfErrorMs: number | null;
  readonly early: number | null;
  /** From 0 to 0.5. */
  readonly jitter: number | null;
  /** The share of hits that is verified, from 0 to 1. */
  readonly verify: number | null;
  readonly timeoutMs: number | null;
  readonly memoryMs: number | null;
  readonly share: boolean;
  /** The place in the directive that says so. */
  readonly shareSpan: Span | null;
  readonly codec: string | null;
  /** The place in the directive that names the codec. */
  readonly codecSpan: Span | null;
  readonly cache: string | null;
  /**
   * `version: auto`, with its place in the directive. The place is null if the plugin entry set it.
   */
  readonly version: { readonly span: Span | null } | null;
  readonly batch: Span | null;
  /** Checks that this directive turns off. */
  readonly allow: readonly string[];
  /**
   * If false, problems were reported. The readable options are returned nevertheless, so that more
   * problems can be found.
   */
  readonly valid: boolean;
}

export type OptionName = OptionNameAt<"directive">;
export const optionRows = optionsAt("directive");
export const optionNames = optionNamesAt("directive");

/** Whether the option can be a bare word, without a value. */
export function isFlag(name: OptionName): boolean {
  return optionRows[name].kind === "flag" || optionRows[name].kind === "weight";
}

/**
 * Returns the codec as far as the source shows it: the directive's or, for the default cache, the
 * one that the plugin entry says `configure` sets.
 */
export function toldCodec(
  { codec, cache }: Pick<DirectiveOptions, "codec" | "cache">,
  plugin: Pick<PluginOptions, "codec">,
): string | null {
  return codec ?? (cache === null ? plugin.codec : null);
}

/** Checks every option and reports all problems. Returns null if nothing could be read. */
export function resolveOptions(
  directive: ParsedDirective,
  plugin: PluginOptions,
  report: (problem: Problem) => void,
): DirectiveOptions | null {
  if ("problem" in directive) {
    report(problem("directiveSyntax", directive.problem.span, directive.problem.message));
    return null;
  }
  const resolver = new Resolver(plugin, report);
  const entries = new Map<OptionName, Entry>();
  for (const entry of directive.entries) {
    const name = resolver.optionName(entry);
    if (name && entries.has(name))
      resolver.fail(problem("directiveSyntax", entry.name.span, `"${name}" is given twice.`));
    else if (name) entries.set(name, entry);
  }
  const options = {
    key: resolver.template("key", entries.get("key")),
    tags: resolver.templates("tags", entries.get("tags")),
    when: resolver.text("when", entries.get("when"), 'an expression, such as "result.length > 0"'),
    namespace:
      resolver.text("namespace", entries.get("namespace"), "a word, such as v1")?.text ??
      plugin.namespace,
    ttlMs: isOfResult(entries.get("ttl")) ? null : resolver.duration("ttl", entries.get("ttl")),
    ttlOfResult: isOfResult(entries.get("ttl"))
      ? resolver.text("ttl", entries.get("ttl"), "a duration")
      : null,
    nullTtlMs: resolver.duration("nullTtl", entries.get("nullTtl")),
    staleMs: resolver.duration("stale", entries.get("stale")),
    staleIfErrorMs: resolver.duration("staleIfError", entries.get("staleIfError")),
    early: resolver.early(entries.get("early")),
    jitter: resolver.jitter(entries.get("jitter")),
    verify: resolver.share("verify", entries.get("verify")),
    timeoutMs: resolver.duration("timeout", entries.get("timeout")),
    memoryMs: resolver.duration("memory", entries.get("memory")),
    share: resolver.boolean("share", entries.get("share")),
    shareSpan: spanOf(entries.get("share")),
    codec: resolver.codec(entries.get("codec")),
    codecSpan: spanOf(entries.get("codec")),
    cache: resolver.text("cache", entries.get("cache"), "the name of a cache")?.text ?? null,
    version: resolver.version(entries.get("version")),
    batch: resolver.flag("batch", entries.get("batch")),
    allow: resolver.checks(entries.get("allow")),
  };
  return { ...options, valid: !resolver.failed };
}

class Resolver {
  failed = false;

  constructor(
    private readonly plugin: PluginOptions,
    private readonly report: (problem: Problem) => void,
  ) {}

  fail(found: Problem): null {
    this.failed = true;
    this.report(found);
    return null;
  }

  /** Takes a lone quoted string for the key template. Any other name must be an option's. */
  optionName({ name, value }: Entry): OptionName | null {
    if (name.quoted && value === null) return "key";
    if ((optionNames as readonly string[]).includes(name.text)) return name.text as OptionName;
    const { advice, instead } = unknownOptionAdvice(name.text, value);
    return this.fail(problem("unknownOption", name.span, name.text, advice, instead));
  }

  template(option: OptionName, entry: Entry | undefined): Scalar | null {
    if (entry && entry.name.quoted && entry.value === null) return entry.name;
    return this.text(option, entry, 'a template in quotes, such as "user:{id}"');
  }

  templates(option: OptionName, entry: Entry | undefined): readonly Scalar[] {
    if (!entry) return [];
    const must = 'a list of templates in quotes, such as ["user:{id}"]';
    if (entry.value?.kind !== "list") {
      this.#invalid(option, entry, must);
      // The intention is clear, so other mistakes in the text can be reported at the same time.
      return isText(entry.value) && entry.value.quoted ? [entry.value] : [];
    }
    return entry.value.items.flatMap((item) => {
      if (isText(item)) return this.#plainText(option, item) ?? [];
      this.fail(problem("badOptionValue", item.span, option, `holds ${describeValue(item)}`, must));
      return [];
    });
  }

  text(option: OptionName, entry: Entry | undefined, must: string): Scalar | null {
    if (!entry) return null;
    const { value } = entry;
    if (!isText(value)) return this.#invalid(option, entry, must);
    return this.#plainText(option, value);
  }

  /** Refuses values that YAML can read but that nobody intends. */
  #plainText(option: OptionName, value: Scalar): Scalar | null {
    const refuse = (why: string): null => this.fail(problem("directiveSyntax", value.span, why));
    if (value.quoted) return value;
    const foreign = findForeignQuote(value.text.slice(0, 1));
    if (foreign) return refuse(foreign.message);
    if (value.text.endsWith(","))
      return refuse("options on lines of their own have no commas between them.");
    // An expression may be long.
    if (!value.folded || option === "when") return value;
    return refuse(
      "a line without an option continues the one above. Write prose before the directive.",
    );
  }

  /**
   * Returns 0 for `off`, which the table allows where `configure` can turn the option on for all
   * functions.
   */
  duration(option: OptionName, entry: Entry | undefined): number | null {
    if (optionRows[option].off && isOff(entry)) return 0;
    const value = this.text(option, entry, "a duration with a unit, such as 30s, 10m or 1h");
    if (!value) return null;
    const ms = parseDuration(value.text);
    if (ms !== null) return ms;
    if (/^\d+(\.\d+)?$/.test(value.text))
      return this.fail(problem("durationWithoutUnit", value.span, option, value.text));
    const instead = durationInstead(value.text);
    const advice =
      instead === null
        ? "Write a number and a unit, from 1ms to 365d: 30s, 10m, 1h."
        : `Write ${instead}.`;
    return this.fail(problem("badDuration", value.span, option, value.text, advice, instead));
  }

  /** Accepts a flag, or the weight of the loader's time. */
  early(entry: Entry | undefined): number | null {
    if (!entry) return null;
    if (entry.value === null) return 1;
    if (isOff(entry)) return 0;
    const weight = isText(entry.value) ? Number(entry.value.text) : Number.NaN;
    if (weight > 0 && Number.isFinite(weight)) return weight;
    return this.#invalid(
      "early",
      entry,
      "a bare word, a number above 0 that weights the loader's time, or off",
    );
  }

  jitter(entry: Entry | undefined): number | null {
    if (!entry) return null;
    if (isOff(entry)) return 0;
    const percent = isText(entry.value) ? /^(\d+(?:\.\d+)?)\s?%$/.exec(entry.value.text) : null;
    if (percent && Number(percent[1]) <= 50) return Number(percent[1]) / 100;
    return this.#invalid("jitter", entry, "a part of the ttl from 0% to 50%, or off");
  }

  share(option: OptionName, entry: Entry | undefined): number | null {
    if (!entry) return null;
    if (isOff(entry)) return 0;
    const share = isText(entry.value) ? parseShare(entry.value.text) : null;
    return (
      share ??
      this.#invalid(option, entry, "a share of the hits such as 0.1%, a number from 0 to 1, or off")
    );
  }

  codec(entry: Entry | undefined): string | null {
    const value = this.text("codec", entry, `one of ${this.plugin.codecs.join(", ")}`);
    if (!value || this.plugin.codecs.includes(value.text)) return value?.text ?? null;
    return this.fail(
      problem(
        "unknownCodec",
        value.span,
        value.text,
        nearest(value.text, this.plugin.codecs),
        this.plugin.codecs,
      ),
    );
  }

  version(entry: Entry | undefined): DirectiveOptions["version"] {
    if (!entry) return this.plugin.version && { span: null };
    if (isText(entry.value) && entry.value.text === "auto") return { span: entry.value.span };
    if (isText(entry.value) && entry.value.text === "none") return null;
    return this.#invalid(
      "version",
      entry,
      "auto, or none. A version of your own is a namespace: namespace: v1",
    );
  }

  /** Accepts one name or a list of names. */
  checks(entry: Entry | undefined): readonly string[] {
    if (!entry) return [];
    const items = entry.value?.kind === "list" ? entry.value.items : [entry.value];
    return items.flatMap((item) => {
      if (!isText(item))
        return this.#invalid("allow", entry, "the name of a check, or a list of names") ?? [];
      if (checkGrades.has(item.text)) return [item.text];
      const known = [...checkGrades.keys()];
      return (
        this.fail(
          problem("unknownCheck", item.span, item.text, nearest(item.text, known), known),
        ) ?? []
      );
    });
  }

  /** Accepts true and false, and the bare word for true. */
  boolean(option: OptionName, entry: Entry | undefined): boolean {
    if (!entry || entry.value === null) return entry !== undefined;
    if (isText(entry.value) && /^(?:true|false)$/.test(entry.value.text))
      return entry.value.text === "true";
    this.#invalid(option, entry, "true or false");
    return false;
  }

  flag(option: OptionName, entry: Entry | undefined): Span | null {
    if (!entry) return null;
    return entry.value === null
      ? entry.name.span
      : this.#invalid(option, entry, "a bare word, without a value");
  }

  #invalid(option: OptionName, { name, value }: Entry, must: string): null {
    return this.fail(
      problem(
        "badOptionValue",
        value?.span ?? name.span,
        option,
        value ? `is ${describeValue(value)}` : "has no value",
        must,
      ),
    );
  }
}

/** Returns the place of the option's value, or of its name if it is a bare word. */
function spanOf(entry: Entry | undefined): Span | null {
  return entry ? (entry.value?.span ?? entry.name.span) : null;
}

function isOff(entry: Entry | undefined): boolean {
  const value = entry?.value ?? null;
  return isText(value) && value.text === "off";
}

/** Whether the ttl is made of the result: `"{result.maxAge}s"`, `"result.lifetime"`. */
function isOfResult(entry: Entry | undefined): boolean {
  const value = entry?.value ?? null;
  return isText(value) && (value.text.includes("{") || /^result\b/.test(value.text));
}

function describeValue(value: YamlValue): string {
  return value.kind === "scalar" ? `"${value.text}"` : `a ${value.kind}`;
}

interface Advice {
  readonly advice: string;
  /** The text that replaces the name, or null if it isn't clear. */
  readonly instead: string | null;
}

/**
 * Advises on `ttl=10m`, `ttl:10m`, `10m`, `user:{id}`, or a name that is similar to an option's.
 */
function unknownOptionAdvice(name: string, value: YamlValue | null): Advice {
  const write = (instead: string): Advice => ({ advice: `Write ${instead}.`, instead });
  const assigned = /^(\w+)\s*(?:=|:)\s*(.+)$/s.exec(name);
  if (assigned && value === null) return write(`${assigned[1]}: ${assigned[2]}`);
  if (value === null && parseDuration(name) !== null) return write(`ttl: ${name}`);
  if (value?.kind === "mapping")
    return { advice: `A template needs quotes: "${name}:{…}".`, instead: null };
  if (name.startsWith("("))
    return {
      advice: "A directive is not a function call. Remove the parentheses: @zcache ttl: 10m.",
      instead: null,
    };
  const near = nearest(name, optionNames);
  return { advice: optionAdvice("directive", name), instead: near };
}

/** `10 minutes`, `1hour` */
function durationInstead(text: string): string | null {
  const [, number, unit] = /^(\d+(?:\.\d+)?)\s*(ms|s|m|h|d|w)/i.exec(text) ?? [];
  const shorter = `${number}${(unit ?? "").toLowerCase()}`;
  return number && shorter !== text && parseDuration(shorter) !== null ? shorter : null;
}

function isText(value: YamlValue | null): value is Scalar {
  return value?.kind === "scalar" && value.text !== "";
}
