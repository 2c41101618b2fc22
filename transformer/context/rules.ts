import { type Fix, replaceBy, rewrite, setOption, type SourcePart } from "./fix";
import { type Span } from "./source-text";

/** A problem in the source, before it becomes a compiler's diagnostic. */
export interface Problem {
  readonly code: number;
  readonly name: string;
  readonly message: string;
  readonly span: Span;
  readonly grade: Grade;
  /** The changes that the editor offers. */
  readonly fixes: readonly Fix[];
}

/**
 * An error is shown by every compiler run. A hint is shown in the editor and by `zcache check`,
 * because tsc counts whatever it is given as a failure.
 */
export type Grade = "error" | "hint";

interface Rule<Args extends readonly unknown[]> {
  readonly code: number;
  readonly name: string;
  /**
   * Only a check has a grade. A check can be turned off or down: by `checks` in the plugin entry,
   * or by `allow` in the directive.
   */
  readonly grade?: Grade;
  readonly message: (...args: Args) => string;
  /** Takes the same arguments as `message`, which may use fewer of them. */
  readonly fixes?: (...args: Args) => readonly Fix[];
}

/** Every problem the transformer can report, in code order. Codes are permanent. */
export const rules = {
  unknownPlaceholder: {
    code: 990101,
    name: "unknown-placeholder",
    message: (
      name: string,
      where: string,
      owner: string,
      known: readonly string[],
      near: string | null,
    ) => {
      const shown = (text: string): string => (where === "when" ? `"${text}"` : `{${text}}`);
      const advice = near
        ? `Did you mean ${shown(near)}?`
        : `Parameters: ${known.length === 0 ? "none" : known.map(shown).join(", ")}.`;
      return `${shown(name)} in ${where} is not a parameter of ${owner}. ${advice}`;
    },
    fixes: (
      name: string,
      _where: string,
      _owner: string,
      _known: readonly string[],
      near: string | null,
    ) => replaceBy(name, near),
  },
  badTemplate: {
    code: 990102,
    name: "bad-template",
    message: (template: string, why: string) => `In ${template}, ${why}`,
  },
  badExpression: {
    code: 990103,
    name: "bad-expression",
    message: (expression: string, where: string, why: string) =>
      `"${beginningOf(expression)}" in ${beginningOf(where)} ${why}`,
  },
  defaultNotLiteral: {
    code: 990104,
    name: "default-not-literal",
    message: (placeholder: string, name: string) =>
      `{${placeholder}} reads ${name}, whose default is not a literal, so that it is undefined in the key when a caller leaves it out. Write {${placeholder.replace(".", "?.")}}, or give it a literal default.`,
    fixes: (placeholder: string, name: string) =>
      placeholder.startsWith(`${name}.`) ? replaceBy(name, `${name}?`) : [],
  },
  wholeList: {
    code: 990105,
    name: "whole-list",
    message: (name: string, where: string, owner: string, id: string) =>
      `{${name}} in ${where} is the whole list, but a batch has one key for each id of ${owner}. Write {${id}}.`,
    fixes: (name: string, _where: string, _owner: string, id: string) => replaceBy(name, id),
  },
  resultTagWithoutPrefix: {
    code: 990106,
    name: "result-tag-without-prefix",
    message: (tag: string) =>
      `The tag "${tag}" is made of the result, and must begin with fixed text and a colon, so that its kind is known before the load: "author:{result.authorId}".`,
  },
  changingDefault: {
    code: 990107,
    name: "changing-default",
    message: (text: string, owner: string, name: string) =>
      `The default "${text}" of ${owner} may have a different value in each call, and the key contains only what a caller passes: two values of ${name} would share an entry. Let the caller pass ${name}, or evaluate the default in a function that calls ${owner} with it.`,
  },
  unknownProperty: {
    code: 990110,
    name: "unknown-property",
    grade: "error",
    message: (
      text: string,
      where: string,
      property: string,
      type: string,
      near: string | null,
      known: readonly string[],
    ) =>
      `${text} in ${where} reads ${property}, which ${type} does not have.${near ? ` Did you mean ${near}?` : known.length > 0 ? ` It has: ${known.join(", ")}.` : ""}`,
    fixes: (_text: string, _where: string, property: string, _type: string, near: string | null) =>
      replaceBy(property, near),
  },
  possiblyUndefined: {
    code: 990111,
    name: "possibly-undefined",
    grade: "error",
    message: (text: string, where: string, part: string, nullish: string, instead: string) =>
      `${text} in ${where} reads a property of ${part}, which may be ${nullish}. Write ${instead}.`,
    fixes: (_text: string, _where: string, part: string, _nullish: string, instead: string) =>
      instead.includes(`${part}?.[`) ? [] : replaceBy(part, `${part}?`),
  },
  unkeyableValue: {
    code: 990112,
    name: "unkeyable-value",
    grade: "error",
    message: (value: string, isWhat: string, whole: string, instead: string) =>
      `${value} ${isWhat}, which can't be part of ${whole}. ${instead}`,
  },
  notCallable: {
    code: 990113,
    name: "not-callable",
    grade: "error",
    message: (text: string, where: string, callee: string, type: string) =>
      `${text} in ${where} calls ${callee}, which is not a function (its type is ${type}). Remove the call.`,
  },
  objectInText: {
    code: 990114,
    name: "object-in-text",
    grade: "error",
    message: (text: string, where: string, part: string, type: string) =>
      `${text} in ${where} turns ${part} into text, and the text of every ${type} is the same: "[object Object]". Name a property of it.`,
  },
  neverEqual: {
    code: 990115,
    name: "never-equal",
    grade: "error",
    message: (
      text: string,
      where: string,
      value: string,
      near: string | null,
      known: readonly string[],
    ) =>
      `${text} in ${where} compares with "${value}", which it never is. ${near === null ? `It is one of ${known.map((one) => `"${one}"`).join(", ")}.` : `Did you mean "${near}"?`}`,
    fixes: (_text: string, _where: string, value: string, near: string | null) =>
      replaceBy(value, near),
  },
  alwaysTrue: {
    code: 990116,
    name: "always-true",
    grade: "error",
    message: (text: string, what: string, instead: string) =>
      `"${text}" in when is ${what}, which is always true: everything would be stored. ${instead}`,
  },
  ttlWithoutUnit: {
    code: 990117,
    name: "ttl-without-unit",
    grade: "error",
    message: (text: string, type: string, placeholder: string) =>
      `The ttl "${text}" is a ${type}, which has no unit. Write "{${placeholder}}s", or m, or h.`,
  },
  durationWithoutUnit: {
    code: 990201,
    name: "duration-without-unit",
    message: (option: string, text: string) =>
      `"${option}" is ${text}, which has no unit. Write ${text}s, ${text}m or ${text}h.`,
    fixes: (_option: string, text: string) => replaceBy(text, `${text}s`, `${text}m`, `${text}h`),
  },
  unknownOption: {
    code: 990202,
    name: "unknown-option",
    message: (option: string, advice: string, _instead: string | null) =>
      `Unknown option "${option}". ${advice}`,
    fixes: (option: string, _advice: string, instead: string | null) => replaceBy(option, instead),
  },
  badDuration: {
    code: 990203,
    name: "bad-duration",
    message: (option: string, text: string, advice: string, _instead: string | null) =>
      `"${option}" is ${text}, which is not a duration. ${advice}`,
    fixes: (_option: string, text: string, _advice: string, instead: string | null) =>
      replaceBy(text, instead),
  },
  unknownCodec: {
    code: 990204,
    name: "unknown-codec",
    message: (codec: string, near: string | null, known: readonly string[]) =>
      `Unknown codec "${codec}". ${near ? `Did you mean "${near}"?` : `Codecs: ${known.join(", ")}. One of your own is listed under "codecs" in the plugin entry.`}`,
    fixes: (codec: string, near: string | null) => replaceBy(codec, near),
  },
  badOptionValue: {
    code: 990205,
    name: "bad-option-value",
    message: (option: string, given: string, must: string) =>
      `"${option}" ${given}, but must be ${must}.`,
  },
  directiveSyntax: {
    code: 990206,
    name: "directive-syntax",
    message: (why: string) => `This directive can't be read: ${why}`,
  },
  unknownCheck: {
    code: 990207,
    name: "unknown-check",
    message: (check: string, near: string | null, known: readonly string[]) =>
      `Unknown check "${check}". ${near ? `Did you mean "${near}"?` : `Checks: ${known.join(", ")}.`}`,
    fixes: (check: string, near: string | null) => replaceBy(check, near),
  },
  versionWithoutTypes: {
    code: 990209,
    name: "version-without-types",
    message: (owner: string, why: string) =>
      `${owner} can't have "version: auto": ${why} Give it your own version with "namespace: v1", and raise it when the type changes.`,
  },
  noTarget: {
    code: 990301,
    name: "no-target",
    message: (above: string) =>
      `Nothing here can be cached: a directive belongs right above a function or method, but this one is ${above}.`,
  },
  notAsync: {
    code: 990302,
    name: "not-async",
    message: (owner: string, what: string) =>
      `${owner} can't be cached: ${what}. Make it async, or declare its return type as Promise<…>.`,
  },
  incompleteKey: {
    code: 990303,
    name: "incomplete-key",
    grade: "error",
    message: (owner: string, value: string, advice: string, _key: string | null) =>
      `${owner} reads ${value}, which is not part of its key: two values of ${value} would share an entry. ${advice}`,
    fixes: (_owner: string, _value: string, _advice: string, key: string | null) =>
      setOption("key", key),
  },
  unsupportedTarget: {
    code: 990304,
    name: "unsupported-target",
    message: (owner: string, what: string) => `${owner} can't be cached: ${what}`,
  },
  anonymousFunction: {
    code: 990305,
    name: "anonymous-function",
    message: () =>
      `This function has no name from which to make a key. Bind it to a const or a property, or give it a key: key: "user:{id}".`,
  },
  batchParameters: {
    code: 990306,
    name: "batch-parameters",
    message: (owner: string, why: string) =>
      `${owner} can't be a batch: ${why} A batch takes its ids as its only parameter ...ids, or as an array in its first one.`,
  },
  duplicateDirective: {
    code: 990307,
    name: "duplicate-directive",
    message: (owner: string) => `${owner} has a directive already. Put all options into one.`,
  },
  targetTooOld: {
    code: 990308,
    name: "target-too-old",
    message: () =>
      `zcache needs "target" es2017 or later: below it the compiler rewrites async functions. Node 20 runs es2022.`,
  },
  unsupportedModule: {
    code: 990309,
    name: "unsupported-module",
    message: (format: string) =>
      `zcache emits CommonJS and ES modules; "module" is ${format}. Set it to nodenext, commonjs or esnext.`,
  },
  batchMapUndeclared: {
    code: 990310,
    name: "batch-map-undeclared",
    message: (owner: string) =>
      `${owner} returns a Map, but does not say so where zcache can see it without types. Declare its return type as Promise<Map<…>>.`,
  },
  batchKeyWithoutId: {
    code: 990311,
    name: "batch-key-without-id",
    message: (template: string, owner: string, id: string) =>
      `${template} does not read {${id}}, so that all ids of ${owner} would share one entry. A batch has one key for each id: put {${id}} into it.`,
  },
  nearMiss: {
    code: 990312,
    name: "near-miss",
    grade: "hint",
    message: (text: string, owner: string, why: string, instead: string) =>
      `"${text}" is not a directive, so ${owner} is not cached: ${why}. Write ${instead} if it is meant to be.`,
  },
  changingField: {
    code: 990320,
    name: "changing-field",
    grade: "hint",
    message: (owner: string, fields: readonly string[]) =>
      `${owner} reads ${fields.join(" and ")}, not part of its key, after the object may have changed it: an entry keeps the result for one value.`,
  },
  changingVariable: {
    code: 990321,
    name: "changing-variable",
    grade: "hint",
    message: (owner: string, name: string) =>
      `${owner} reads ${name}, which is not part of its key and changes while the program runs: an entry keeps the result for one value.`,
  },
  callerContext: {
    code: 990322,
    name: "caller-context",
    grade: "error",
    message: (owner: string, way: string) =>
      `${owner} ${way}: an entry is made for the first caller, and all others get it. Read it before the call, and pass the part that is needed as an argument.`,
  },
  duplicateKey: {
    code: 990401,
    name: "duplicate-key",
    message: (owner: string, key: string, other: string) =>
      `${owner} has the same default key as ${other}: "${key}|…". Two functions would share their entries. Rename one, or give it a key.`,
  },
  sharedKey: {
    code: 990402,
    name: "shared-key",
    grade: "error",
    message: (
      owner: string,
      key: string,
      other: string,
      otherKey: string,
      type: string,
      otherType: string,
    ) =>
      `${owner} shares entries with ${other}: "${key}" and "${otherKey}" can be the same key, and one stores ${type}, the other ${otherType}. Begin one of the keys with another word.`,
  },
  namelessPackage: {
    code: 990403,
    name: "nameless-package",
    grade: "hint",
    message: (owner: string) =>
      `The default key of ${owner} begins with the name of its package, and no package.json above this file has a "name": other programs with the same file and function would share its entries, so that ${owner} is cached in memory only, and not in Redis. Give package.json a "name", set "namespace" in the plugin entry or in configure, or give ${owner} a key.`,
  },
  unfaithfulCodec: {
    code: 990501,
    name: "unfaithful-codec",
    grade: "error",
    message: (
      codec: string,
      change: string,
      owner: string,
      losses: string,
      instead: string,
      _better: string | null,
    ) => `The ${codec} codec ${change} what ${owner} returns: ${losses}. ${instead}`,
    fixes: (
      _codec: string,
      _change: string,
      _owner: string,
      _losses: string,
      _instead: string,
      better: string | null,
    ) => setOption("codec", better),
  },
  unknownResult: {
    code: 990502,
    name: "unknown-result",
    grade: "hint",
    message: (owner: string, part: string, type: string, codec: string) =>
      `It is unknown whether the ${codec} codec keeps what ${owner} returns: ${part} is ${type}. Declare what it is.`,
  },
  lostUndefined: {
    code: 990503,
    name: "lost-undefined",
    grade: "hint",
    message: (owner: string, part: string, codec: string) =>
      `The ${codec} codec leaves out ${part} of what ${owner} returns where it is undefined: "in" and Object.keys show the difference. Make it optional, or null, or write codec: structured.`,
  },
  unshareableResult: {
    code: 990601,
    name: "unshareable-result",
    grade: "error",
    message: (owner: string, part: string, what: string, isOneOf: boolean, instead: string) =>
      `${owner} can't be cached${isOneOf ? " where" : ":"} ${part} is ${what}. ${instead}`,
  },
  nothingToCache: {
    code: 990602,
    name: "nothing-to-cache",
    grade: "error",
    message: (owner: string, type: string) =>
      `${owner} returns ${type}: there is nothing to cache, and what it does would not be done again. Remove the directive, or return a value.`,
  },
  undeterminedResult: {
    code: 990603,
    name: "undetermined-result",
    grade: "hint",
    message: (owner: string, calls: string, on: string) =>
      `${owner} calls ${calls}: its result depends on ${on}, and all callers would get the first caller's. Pass it as an argument, or leave it to the caller.`,
  },
  changeableResult: {
    code: 990604,
    name: "changeable-result",
    grade: "error",
    message: (owner: string, part: string, what: string, instead: string) =>
      `"share" hands one result of ${owner} to all its callers, but ${part} ${what}. ${instead}, or leave out "share".`,
    fixes: () => setOption("share", "false"),
  },
  unknownTag: {
    code: 990701,
    name: "unknown-tag",
    grade: "error",
    message: (tag: string, near: string | null, known: readonly string[]) =>
      `Nothing carries the tag "${tag}": no directive can produce it. ${near ? `Did you mean "${near}"?` : `Tags: ${known.map((one) => `"${one}"`).join(", ")}.`}`,
  },
  tagOfOtherCache: {
    code: 990702,
    name: "tag-of-other-cache",
    grade: "error",
    message: (tag: string, asked: string | null, cache: string | null) =>
      `${cacheText(asked)} has nothing with the tag "${tag}": it is a tag of ${cacheText(cache, "the")}. ${cache === null ? "Leave the cache out." : `Write invalidateTag(…, { cache: "${cache}" }).`}`,
  },
  tagMeaning: {
    code: 990703,
    name: "tag-meaning",
    grade: "error",
    message: (placeholder: string, tag: string, type: string, other: string, otherType: string) =>
      `{${placeholder}} in tag "${tag}" is ${type}, but in the same tag of ${other} it is ${otherType}: one invalidation can't reach both. Name a property that identifies it.`,
  },
  neverInvalidatedTag: {
    code: 990704,
    name: "never-invalidated-tag",
    grade: "hint",
    message: (tag: string) => `Nothing in this program invalidates the tag "${tag}".`,
  },
  notAnnotated: {
    code: 990801,
    name: "not-annotated",
    grade: "error",
    message: (operation: string, owner: string, place: string) =>
      `${owner} has no ${operation}: it has no @zcache directive. Put one above it, at ${place}.`,
  },
  lostReceiver: {
    code: 990802,
    name: "lost-receiver",
    grade: "error",
    message: (owner: string, operation: string, lost: "receiver" | "function", advice: string) =>
      (lost === "receiver"
        ? `${owner} reads "this", which ${operation} can't give it here.`
        : `${operation} is detached from ${owner} here, and no longer knows it.`) + ` ${advice}`,
  },
  invalidateInTransaction: {
    code: 990803,
    name: "invalidate-in-transaction",
    grade: "error",
    message: (
      operation: string,
      transaction: string,
      adapter: string,
      whole: SourcePart | null,
    ) => {
      const scope = whole
        ? `Write transactional(() => ${transaction}(…)), with transactional of "zcache"`
        : `Put transactional(async () => { … }) of "zcache" around the whole transaction`;
      const advice = `${scope}, or set its client up with zcache/${adapter}.`;
      return `${operation} runs before the commit of ${transaction} here, so that the next reader stores the old row again, for its whole time to live. ${advice}`;
    },
    fixes: (
      _operation: string,
      _transaction: string,
      _adapter: string,
      whole: SourcePart | null,
    ) =>
      whole
        ? rewrite(
            whole,
            `transactional(() => ${whole.text})`,
            "Put transactional around the transaction",
          )
        : [],
  },
} as const satisfies Record<string, Rule<never>>;

type Rules = typeof rules;

/** The names of the checks that can be turned off or down, with their default grades. */
export const checkGrades: ReadonlyMap<string, Grade> = new Map(
  (Object.values(rules) as readonly Rule<never>[]).flatMap(({ name, grade }) =>
    grade ? [[name, grade] as const] : [],
  ),
);

export const allCodes: readonly number[] = Object.values(rules).map(({ code }) => code);

/** Makes the problem. Its message ends with the rule's searchable name. */
export function problem<Name extends keyof Rules>(
  name: Name,
  span: Span,
  ...args: Parameters<Rules[Name]["message"]>
): Problem {
  const rule = rules[name] as Rule<readonly unknown[]>;
  return {
    code: rule.code,
    name: rule.name,
    message: `${rule.message(...args)} [zcache/${rule.name}]`,
    span,
    grade: rule.grade ?? "error",
    fixes: rule.fixes?.(...args) ?? [],
  };
}

function cacheText(cache: string | null, article = "The"): string {
  return cache === null ? `${article} default cache` : `${article} cache "${cache}"`;
}

/** Shortens a text that is too long for a message. */
function beginningOf(text: string): string {
  return text.length > 100 ? `${text.slice(0, 80)}…` : text;
}
