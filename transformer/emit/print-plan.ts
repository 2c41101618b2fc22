import { type TargetPlan, type TemplatePlan, type ValuesPlan } from "../plan/create-plan";
import { freeName } from "./code";
import { type Parameter } from "../target/parameters";
import { endingsOf } from "../../runtime/keys/key";

/**
 * Prints a plan as the text of a hoisted function that returns an object of the shape `Plan`
 * (runtime/plan.ts). The text is the same whatever compiler or bundler it is put into.
 * @param attached variables that have to exist where the plan does
 */
export function printPlan(
  functionName: string,
  plan: TargetPlan,
  attached: readonly string[] = [],
): string {
  const { options, batch } = plan;
  const properties = [
    `name: ${quote(plan.name)}`,
    `key: ${printKey(plan.key)}`,
    printTags(
      "tags",
      plan.tags.filter(({ usesResult }) => !usesResult),
    ),
    printTags(
      "resultTags",
      plan.tags.filter(({ usesResult }) => usesResult),
    ),
    options.namespace !== null && `namespace: ${quote(options.namespace)}`,
    plan.version !== null && `version: ${quote(plan.version)}`,
    plan.ttl && printOfResult("ttl", plan.ttl, printConcatenation(plan.ttl)),
    ...numbers.map((name) => options[name] !== null && `${name}: ${options[name]}`),
    options.share && "share: true",
    plan.when && printOfResult("when", plan.when, printExpression(plan.when.expression)),
    options.codec !== null && `codec: ${quote(options.codec)}`,
    options.cache !== null && `cache: ${quote(options.cache)}`,
    batch && `batch: ${quote(batch.result)}, rest: ${batch.rest}`,
    plan.signal !== null && `signal: ${plan.signal}`,
    plan.isNameless && "nameless: true",
    plan.changesData && options.verify === null && "changesData: true",
    plan.receiver && "receiver: true",
    plan.home &&
      (plan.home === "literal" ? "literal: true" : `class: ${quote(plan.home.className)}`),
    attached.length > 0 &&
      `attached: ${attached.length > 1 ? `[${attached.join(", ")}]` : attached[0]}`,
  ].filter((property) => property !== false && property !== null);
  return `function ${functionName}() { return {\n${properties.join(",\n")}\n}; }`;
}

/** The values of these options are written as they are. */
const numbers = [
  "ttlMs",
  "nullTtlMs",
  "staleMs",
  "staleIfErrorMs",
  "early",
  "jitter",
  "verify",
  "timeoutMs",
  "memoryMs",
] as const satisfies readonly (keyof TargetPlan["options"])[];

/** Prints a function of the result and the parameters. */
function printOfResult(
  name: string,
  plan: { readonly parameters: readonly Parameter[] },
  expression: string,
): string {
  return `${name}(${printResultParameters(plan)}) { ${printDestructuring(plan.parameters)}return ${expression}; }`;
}

function printTags(name: string, tags: readonly TemplatePlan[]): string | null {
  return tags.length === 0 ? null : `${name}: [${tags.map(printTag).join(", ")}]`;
}

function printTag(tag: TemplatePlan): string {
  const encode = encodeName(tag);
  const values = tag.expressions.map((expression) => `${encode}(${printExpression(expression)})`);
  const text = `text${printTemplateFunction(tag, encode, printTexts(tag.texts, values))}`;
  if (!tag.usesResult) return `{ ${text} }`;
  const [kind] = (tag.texts[0] as string).split(":") as [string];
  return `{ kind: ${quote(kind)}, ${text} }`;
}

/**
 * Prints a key. The default key has the arguments with a "-" between them; an explicit one says how
 * each value has to end.
 */
function printKey(key: ValuesPlan): string {
  const count = argumentCount(key);
  if (count !== null) return `{ arguments: ${count} }`;
  const encode = encodeName(key);
  if (!key.texts) {
    const values = key.expressions.map((expression) =>
      expression.startsWith("...")
        ? `${expression}.map((one) => ${encode}(one))`
        : `${encode}(${printExpression(expression)})`,
    );
    const isFixed = values.every((value) => !value.startsWith("..."));
    const text = isFixed
      ? printSum(values.flatMap((value, i) => (i === 0 ? [value] : ['"-"', value])))
      : `[${values.join(", ")}].join("-")`;
    return `{ text${printTemplateFunction(key, encode, text)} }`;
  }
  const endings = endingsOf(key.texts);
  const values = key.expressions.map((expression, i) => {
    const ending = endings[i] === "" ? "" : `, ${quote(endings[i] as string)}`;
    return `${encode}(${printExpression(expression)}${ending})`;
  });
  return `{ explicit: true, text${printTemplateFunction(key, encode, printTexts(key.texts, values))} }`;
}

/**
 * Returns the number of arguments of a default key whose values are the first arguments as they
 * were passed, or null if the key is not of that kind.
 */
export function argumentCount({ texts, expressions, parameters }: ValuesPlan): number | null {
  const isPassedOn = (expression: string, i: number): boolean => {
    const { local, rest, literalDefault } = parameters[i] as Parameter;
    return expression === local && !rest && literalDefault === null;
  };
  return !texts && expressions.every(isPassedOn) ? expressions.length : null;
}

/** `"user:" + $(id) + ":x"` */
function printTexts(texts: readonly string[], values: readonly string[]): string {
  const parts = texts.flatMap((text, i) =>
    [text === "" ? [] : quote(text), values[i] ?? []].flat(),
  );
  return printSum(parts) || '""';
}

/** Limits one side of a sum, because the compiler goes one level deeper for each term. */
const mostTerms = 64;

/** Prints `a + b + c`. Long sums become sums of sums, each of which begins with a text. */
function printSum(terms: readonly string[]): string {
  if (terms.length <= mostTerms) return terms.join(" + ");
  const sums = Array.from({ length: Math.ceil(terms.length / mostTerms) }, (_, i) =>
    terms.slice(i * mostTerms, (i + 1) * mostTerms).join(" + "),
  );
  return printSum(sums.map((sum) => `(${sum})`));
}

function printTemplateFunction(
  template: ValuesPlan | TemplatePlan,
  encode: string,
  text: string,
): string {
  const usesResult = "usesResult" in template && template.usesResult;
  const parameters = [
    encode,
    ...(usesResult ? ["result"] : []),
    ...printParameters(template.parameters),
  ];
  return `(${parameters.join(", ")}) { ${printDestructuring(template.parameters)}return ${text}; }`;
}

/**
 * Returns the name that templates use for the function that encodes a value. It is a name that they
 * don't use themselves.
 */
function encodeName({ parameters, expressions }: ValuesPlan): string {
  const texts = parameters.flatMap(({ local, pattern }) => [local, pattern?.text ?? ""]);
  return freeName([...texts, ...expressions].join("\n"), "$", new Set());
}

/** `"" + (result.maxAge) + "s"` */
function printConcatenation({ texts, expressions }: TemplatePlan): string {
  const terms = texts.flatMap((text, i) =>
    (i === 0 ? [] : [`(${expressions[i - 1]}\n)`]).concat(quote(text)),
  );
  return printSum(terms);
}

function printResultParameters({
  parameters,
}: {
  readonly parameters: readonly Parameter[];
}): string {
  // An expression that reads the result has no parameter of that name.
  const names = parameters.flatMap(({ local, pattern }) => [local, ...(pattern?.names ?? [])]);
  return [freeName(names.join(" "), "result", new Set()), ...printParameters(parameters)].join(
    ", ",
  );
}

/**
 * A comment in the expression may end in the middle of the emitted line, and a newline would end a
 * `return`.
 */
function printExpression(expression: string): string {
  return /\n|\/\//.test(expression) ? `(${expression}\n)` : expression;
}

function printParameters(parameters: readonly Parameter[]): string[] {
  return parameters.map(({ local, rest, literalDefault }) =>
    rest ? `...${local}` : literalDefault === null ? local : `${local} = ${literalDefault}`,
  );
}

function printDestructuring(parameters: readonly Parameter[]): string {
  return parameters
    .map(({ local, pattern }) =>
      pattern
        ? `const ${pattern.text} = ${local} ?? ${pattern.text.startsWith("[") ? "[]" : "{}"}; `
        : "",
    )
    .join("");
}

function quote(text: string): string {
  return JSON.stringify(text);
}
