import { parseDuration } from "../runtime/duration";
import { nearest } from "../runtime/suggest";
import { type Entry, type ParsedDirective, type Scalar, type YamlValue } from "./parse-directive";
import { type PluginOptions } from "./plugin-options";
import { checkGrades, problem, type Problem } from "./rules";
import { type Span } from "./source-text";

/** A directive after its options were checked: durations in milliseconds, templates still text. */
export interface DirectiveOptions {
  readonly key: Scalar | null;
  readonly tags: readonly Scalar[];
  readonly when: Scalar | null;
  readonly namespace: string | null;
  readonly ttlMs: number | null;
  readonly nullTtlMs: number | null;
  readonly codec: string | null;
  readonly cache: string | null;
  readonly batch: Span | null;
  /** Checks that this directive turns off. */
  readonly allow: readonly string[];
}

const optionNames = ["key", "ttl", "nullTtl", "tags", "namespace", "when", "codec", "batch", "cache", "allow"] as const;
type OptionName = (typeof optionNames)[number];

/** Checks every option and reports all problems; null where there was one. */
export function resolveOptions(directive: ParsedDirective, plugin: PluginOptions, report: (problem: Problem) => void): DirectiveOptions | null {
  if ("problem" in directive) {
    report(problem("directiveSyntax", directive.problem.span, directive.problem.message));
    return null;
  }
  const resolver = new Resolver(plugin, report);
  const entries = new Map<OptionName, Entry>();
  for (const entry of directive.entries) {
    const name = resolver.optionName(entry);
    if (name && entries.has(name)) resolver.fail(problem("directiveSyntax", entry.name.span, `"${name}" is given twice`));
    else if (name) entries.set(name, entry);
  }
  const options = {
    key: resolver.template("key", entries.get("key")),
    tags: resolver.templates("tags", entries.get("tags")),
    when: resolver.text("when", entries.get("when"), 'an expression, such as "result.length > 0"'),
    namespace: resolver.text("namespace", entries.get("namespace"), "a word, such as v1")?.text ?? plugin.namespace,
    ttlMs: resolver.duration("ttl", entries.get("ttl")),
    nullTtlMs: resolver.duration("nullTtl", entries.get("nullTtl")),
    codec: resolver.codec(entries.get("codec")),
    cache: resolver.text("cache", entries.get("cache"), "the name of a cache")?.text ?? null,
    batch: resolver.flag("batch", entries.get("batch")),
    allow: resolver.checks(entries.get("allow")),
  };
  return resolver.failed ? null : options;
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

  /** A lone quoted string is the key template; any other name must be an option's. */
  optionName({ name, value }: Entry): OptionName | null {
    if (name.quoted && value === null) return "key";
    if ((optionNames as readonly string[]).includes(name.text)) return name.text as OptionName;
    return this.fail(problem("unknownOption", name.span, name.text, nearest(name.text, optionNames), optionNames));
  }

  template(option: OptionName, entry: Entry | undefined): Scalar | null {
    if (entry && entry.name.quoted && entry.value === null) return entry.name;
    return this.text(option, entry, 'a template in quotes, such as "user:{id}"');
  }

  templates(option: OptionName, entry: Entry | undefined): readonly Scalar[] {
    if (!entry) return [];
    const must = 'a list of templates in quotes, such as ["user:{id}"]';
    if (entry.value?.kind !== "list") return this.#invalid(option, entry, must) ?? [];
    return entry.value.items.flatMap((item) => (isText(item) ? [item] : (this.fail(problem("badOptionValue", item.span, option, must)) ?? [])));
  }

  text(option: OptionName, entry: Entry | undefined, must: string): Scalar | null {
    if (!entry) return null;
    return isText(entry.value) ? entry.value : this.#invalid(option, entry, must);
  }

  duration(option: OptionName, entry: Entry | undefined): number | null {
    const value = this.text(option, entry, "a duration with a unit, such as 30s, 10m or 1h");
    if (!value) return null;
    const ms = parseDuration(value.text);
    if (ms !== null) return ms;
    return this.fail(problem(/^\d+(\.\d+)?$/.test(value.text) ? "durationWithoutUnit" : "badDuration", value.span, option, value.text));
  }

  codec(entry: Entry | undefined): string | null {
    const value = this.text("codec", entry, `one of ${this.plugin.codecs.join(", ")}`);
    if (!value || this.plugin.codecs.includes(value.text)) return value?.text ?? null;
    return this.fail(problem("unknownCodec", value.span, value.text, nearest(value.text, this.plugin.codecs), this.plugin.codecs));
  }

  /** One name or a list of names. */
  checks(entry: Entry | undefined): readonly string[] {
    if (!entry) return [];
    const items = entry.value?.kind === "list" ? entry.value.items : [entry.value];
    return items.flatMap((item) => {
      if (!isText(item)) return this.#invalid("allow", entry, "the name of a check, or a list of names") ?? [];
      if (checkGrades.has(item.text)) return [item.text];
      const known = [...checkGrades.keys()];
      return this.fail(problem("unknownCheck", item.span, item.text, nearest(item.text, known), known)) ?? [];
    });
  }

  flag(option: OptionName, entry: Entry | undefined): Span | null {
    if (!entry) return null;
    return entry.value === null ? entry.name.span : this.#invalid(option, entry, "a bare word, without a value");
  }

  #invalid(option: OptionName, entry: Entry, must: string): null {
    return this.fail(problem("badOptionValue", entry.value?.span ?? entry.name.span, option, must));
  }
}

function isText(value: YamlValue | null): value is Scalar {
  return value?.kind === "scalar" && value.text !== "";
}
