/** A template such as `user:{id}:{org.id}`: its placeholders and the texts around them. */
export interface ParsedTemplate {
  /** There is one more text than there are placeholders. Doubled braces are single ones here. */
  readonly texts: readonly string[];
  readonly placeholders: readonly PlaceholderText[];
}

export interface PlaceholderText {
  readonly text: string;
  /** Offsets of the text between the braces. */
  readonly start: number;
  readonly end: number;
}

export interface TemplateProblem {
  readonly message: string;
  readonly start: number;
  readonly end: number;
}

/**
 * Splits a template. `{{` and `}}` are literal braces. Braces, quotes and brackets inside a
 * placeholder nest.
 */
export function parseTemplate(template: string): ParsedTemplate | TemplateProblem {
  const texts: string[] = [];
  const placeholders: PlaceholderText[] = [];
  let text = "";
  for (let i = 0; i < template.length; i++) {
    const char = template[i] as string;
    if ((char === "{" || char === "}") && template[i + 1] === char) {
      text += char;
      i++;
    } else if (char === "}") {
      return { message: "} closes nothing. Write }} for a literal brace.", start: i, end: i + 1 };
    } else if (char === "{") {
      const end = closingBrace(template, i + 1);
      if (end < 0)
        return {
          message: "{ is never closed. Write {{ for a literal brace.",
          start: i,
          end: i + 1,
        };
      const inner = template.slice(i + 1, end);
      if (inner.trim() === "")
        return {
          message: "{} is empty. Name a parameter or its position, such as {0}.",
          start: i,
          end: end + 1,
        };
      const lead = inner.length - inner.trimStart().length;
      placeholders.push({
        text: inner.trim(),
        start: i + 1 + lead,
        end: i + 1 + lead + inner.trim().length,
      });
      texts.push(text);
      text = "";
      i = end;
    } else text += char;
  }
  texts.push(text);
  return { texts, placeholders };
}

/**
 * Parses a ttl that is made of the result: a template, or a lone expression, which is a template
 * with no text around its placeholder.
 */
export function parseTtl(text: string): ParsedTemplate | TemplateProblem {
  if (text.includes("{")) return parseTemplate(text);
  return { texts: ["", ""], placeholders: [{ text, start: 0, end: text.length }] };
}

/** Returns the expression in the middle of which the template ends, or null if it is complete. */
export function openExpression(template: string): string | null {
  const parsed = parseTemplate(template);
  const isOpen =
    "message" in parsed && template[parsed.start] === "{" && parsed.end === parsed.start + 1;
  return isOpen ? template.slice(parsed.end) : null;
}

/**
 * Finds the brace that ends the placeholder, past strings and nested brackets. Returns -1 if there
 * is none.
 */
function closingBrace(template: string, from: number): number {
  let depth = 0;
  let quote: string | null = null;
  for (let i = from; i < template.length; i++) {
    const char = template[i] as string;
    if (quote !== null) {
      if (char === "\\") i++;
      else if (char === quote) quote = null;
    } else if (char === '"' || char === "'" || char === "`") quote = char;
    else if (char === "{" || char === "(" || char === "[") depth++;
    else if (depth > 0 && (char === "}" || char === ")" || char === "]")) depth--;
    else if (char === "}") return i;
  }
  return -1;
}
