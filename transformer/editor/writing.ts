import { openExpression } from "../directive/parse-template";

/**
 * What is being written at the end of a text that may be half a directive, which YAML can't read
 * yet.
 */
export type Writing =
  | { readonly kind: "option"; readonly typed: string }
  | { readonly kind: "value"; readonly option: string; readonly typed: string }
  /** An expression in the braces of a template, or in `when`. */
  | { readonly kind: "expression"; readonly option: string; readonly text: string };

/**
 * @param text the text between `@zcache` and the cursor
 * @returns null if nothing can be proposed, as in the text of a template
 */
export function writingAt(text: string): Writing | null {
  const { option, token, quoted } = scan(text);
  if (option === null && quoted) return expressionIn("key", token);
  if (option === null) return { kind: "option", typed: token };
  if (option === "when") return { kind: "expression", option, text: token };
  if (option === "key" || option === "tags") return expressionIn(option, token);
  if (option === "ttl" && token.includes("{")) return expressionIn(option, token);
  if (option === "ttl" && /^result\b/.test(token))
    return { kind: "expression", option, text: token };
  return { kind: "value", option, typed: token };
}

/** Returns the options that a text has, as far as it can be read. */
export function optionsIn(text: string): ReadonlySet<string> {
  const { given, option, token } = scan(text);
  return new Set(option === null ? [...given, token.trim()] : given);
}

function expressionIn(option: string, template: string): Writing | null {
  const text = openExpression(template);
  return text === null ? null : { kind: "expression", option, text };
}

interface Scan {
  readonly given: ReadonlySet<string>;
  /** The option whose value the text ends in, or null if an option's name would be there. */
  readonly option: string | null;
  /** The scalar that the text ends in, without its quote. */
  readonly token: string;
  readonly quoted: boolean;
}

/**
 * Reads names, values and quotes, and tolerates what is not finished. Block YAML begins on a line
 * of its own.
 */
function scan(text: string): Scan {
  const isBlock = /^[ \t]*\n/.test(text);
  const start = isBlock ? 0 : (/^\s*\{/.exec(text)?.[0].length ?? 0);
  const given = new Set<string>();
  let option: string | null = null;
  let token = "";
  let lists = 0;
  const endOption = (): void => {
    if (option === null && token.trim() !== "") given.add(token.trim());
    option = null;
    token = "";
  };
  for (let i = start; i < text.length; i++) {
    const char = text[i] as string;
    const isFirst = token.trim() === "";
    if (isFirst && (char === '"' || char === "'")) {
      const end = closingQuote(text, i);
      if (end < 0) return { given, option, token: text.slice(i + 1), quoted: true };
      token = text.slice(i + 1, end);
      i = end;
    } else if (
      char === ":" &&
      option === null &&
      lists === 0 &&
      /^(\s|$)/.test(text.slice(i + 1))
    ) {
      option = token.trim();
      given.add(option);
      token = "";
    } else if (isFirst && char === "[") lists++;
    else if (char === "]" && lists > 0) [lists, token] = [lists - 1, ""];
    else if (char === "," && lists > 0) token = "";
    else if (char === "," && !isBlock) endOption();
    else if (char === "\n" && isBlock && lists === 0) {
      const item = /^[ \t]*-[ \t]*/.exec(text.slice(i + 1));
      if (item) [i, token] = [i + item[0].length, ""];
      else endOption();
    } else token += char === "\n" ? " " : char;
  }
  return { given, option, token: token.trimStart(), quoted: false };
}

function closingQuote(text: string, open: number): number {
  const quote = text[open] as string;
  for (let i = open + 1; i < text.length; i++) {
    if (quote === '"' && text[i] === "\\") i++;
    else if (text[i] !== quote) continue;
    else if (quote === "'" && text[i + 1] === "'") i++;
    else return i;
  }
  return -1;
}
