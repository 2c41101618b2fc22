import { type Span } from "./source-text";

/** A diagnostic, before it is a compiler's. */
export interface Problem {
  readonly code: number;
  readonly name: string;
  readonly message: string;
  readonly span: Span;
  readonly grade: Grade;
}

/** error: shown by every compiler run. hint: shown in the editor and by `zcache check`, for tsc counts whatever it is given as a failure. */
export type Grade = "error" | "hint";

interface Rule<Args extends readonly unknown[]> {
  readonly code: number;
  readonly name: string;
  /** Of a check that can be turned off or down: by `checks` in the plugin entry, by `allow` in the directive. */
  readonly grade?: Grade;
  readonly message: (...args: Args) => string;
}

/** Every problem the transformer can report, in code order. Codes are permanent. */
export const rules = {
  unknownPlaceholder: {
    code: 990101,
    name: "unknown-placeholder",
    message: (name: string, template: string, owner: string, known: readonly string[], near: string | null) =>
      `{${name}} in ${template} is not a parameter of ${owner}. ${near ? `Did you mean {${near}}?` : `Parameters: ${listOf(known)}.`}`,
  },
  badTemplate: {
    code: 990102,
    name: "bad-template",
    message: (template: string, why: string) => `In ${template}, ${why}`,
  },
  badExpression: {
    code: 990103,
    name: "bad-expression",
    message: (expression: string, where: string, why: string) => `"${expression}" in ${where} ${why}`,
  },
  defaultNotLiteral: {
    code: 990104,
    name: "default-not-literal",
    message: (placeholder: string, name: string) =>
      `{${placeholder}} reads ${name}, whose default is not a literal, so that it is undefined in the key when a caller leaves it out. Write {${placeholder.replace(".", "?.")}}, or give it a literal default.`,
  },
  durationWithoutUnit: {
    code: 990201,
    name: "duration-without-unit",
    message: (option: string, text: string) => `"${option}" is ${text}, which has no unit. Write ${text}s, ${text}m or ${text}h.`,
  },
  unknownOption: {
    code: 990202,
    name: "unknown-option",
    message: (option: string, near: string | null, known: readonly string[]) =>
      `Unknown option "${option}". ${near ? `Did you mean "${near}"?` : `Options: ${known.join(", ")}.`}`,
  },
  badDuration: {
    code: 990203,
    name: "bad-duration",
    message: (option: string, text: string) =>
      `"${option}" is ${text}, which is no duration. Write a number and a unit, from 1ms to 365d: 30s, 10m, 1h.`,
  },
  unknownCodec: {
    code: 990204,
    name: "unknown-codec",
    message: (codec: string, near: string | null, known: readonly string[]) =>
      `Unknown codec "${codec}". ${near ? `Did you mean "${near}"?` : `Codecs: ${known.join(", ")}. One of your own is listed under "codecs" in the plugin entry.`}`,
  },
  badOptionValue: {
    code: 990205,
    name: "bad-option-value",
    message: (option: string, must: string) => `"${option}" must be ${must}.`,
  },
  directiveSyntax: {
    code: 990206,
    name: "directive-syntax",
    message: (why: string) =>
      `This directive is no YAML: ${why}. Options stand as "name: value" with commas between them, and templates in quotes: key: "user:{id}".`,
  },
  unknownCheck: {
    code: 990207,
    name: "unknown-check",
    message: (check: string, near: string | null, known: readonly string[]) =>
      `Unknown check "${check}". ${near ? `Did you mean "${near}"?` : `Checks: ${known.join(", ")}.`}`,
  },
  noTarget: {
    code: 990301,
    name: "no-target",
    message: (above: string) =>
      `Nothing here can be cached: a directive stands right above a function or method, this one is ${above}.`,
  },
  notAsync: {
    code: 990302,
    name: "not-async",
    message: (owner: string) =>
      `${owner} can't be cached: it does not return a promise, and a cached function does. Make it async, or declare its return type as Promise<…>.`,
  },
  unsupportedTarget: {
    code: 990304,
    name: "unsupported-target",
    message: (owner: string, what: string) => `${owner} can't be cached: ${what}`,
  },
  anonymousFunction: {
    code: 990305,
    name: "anonymous-function",
    message: () => `This function has no name to make a key of. Bind it to a const or a property, or give it a key: key: "user:{id}".`,
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
    message: () => `zcache needs "target" es2017 or later: below it the compiler rewrites async functions. Node 20 runs es2022.`,
  },
  unsupportedModule: {
    code: 990309,
    name: "unsupported-module",
    message: (format: string) => `zcache emits CommonJS and ES modules; "module" is ${format}. Set it to nodenext, commonjs or esnext.`,
  },
  batchMapUndeclared: {
    code: 990310,
    name: "batch-map-undeclared",
    message: (owner: string) =>
      `${owner} returns a Map, but does not say so where zcache can see it without types. Declare its return type as Promise<Map<…>>.`,
  },
  duplicateKey: {
    code: 990401,
    name: "duplicate-key",
    message: (owner: string, key: string, other: string) =>
      `${owner} has the same default key as ${other}: "${key}|…". Two functions would share their entries. Rename one, or give it a key.`,
  },
} as const satisfies Record<string, Rule<never>>;

type Rules = typeof rules;

/** Names of the checks that can be turned off or down, with the grade they have by themselves. */
export const checkGrades: ReadonlyMap<string, Grade> = new Map(
  (Object.values(rules) as readonly Rule<never>[]).flatMap(({ name, grade }) => (grade ? [[name, grade] as const] : [])),
);

/** Makes the problem; the message ends with the rule's searchable name. */
export function problem<Name extends keyof Rules>(name: Name, span: Span, ...args: Parameters<Rules[Name]["message"]>): Problem {
  const rule = rules[name] as Rule<readonly unknown[]>;
  return { code: rule.code, name: rule.name, message: `${rule.message(...args)} [zcache/${rule.name}]`, span, grade: rule.grade ?? "error" };
}

function listOf(names: readonly string[]): string {
  return names.length === 0 ? "none" : names.map((name) => `{${name}}`).join(", ");
}
