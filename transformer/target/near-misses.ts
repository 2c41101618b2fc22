import type ts from "typescript";
import { type Syntax } from "../context/syntax";
import { nearest } from "../../runtime/suggest";
import { Comments, type PlacedComment } from "../directive/comments";
import { type FileContext } from "../context/file-context";
import { findDirectives } from "../directive/find-directives";
import { findTarget } from "./find-target";
import { startsOption } from "../directive/option-lines";
import { problem, type Problem } from "../context/rules";

const word = "@zcache";
/**
 * Other libraries' words for it. With zcache's options after it, such a word is meant for zcache.
 */
const otherWords = new Set(["@cache", "@cached", "@cacheable", "@memoize", "@memo"]);

/**
 * Whether the file may have a near miss. It is called for every file, and most have no similar word
 * in a comment.
 */
export function mayNearlyMiss({ text, isDeclarationFile }: ts.SourceFile): boolean {
  return (
    !isDeclarationFile &&
    /@(?:\w{0,4}cac?h|\w{0,3}cahe|memo)|(?:\/\/|\*)\s*(?:[@#]\s*)?z-?cache\b/i.test(text)
  );
}

/**
 * Finds comments above a function that look like a directive and are not: `@zcahe`, `@Zcache`,
 * `TODO @zcache`, `@cache ttl: 5m`, `zcache ttl: 5m`.
 */
export function nearMisses(context: FileContext): Problem[] {
  const { ts, sourceFile } = context;
  const { text } = sourceFile;
  const comments = new Comments(context);
  const directives = findDirectives(context);
  const isInDirective = (at: number): boolean =>
    directives.some(({ word: { start }, text: own }) => start === at || own.offsetOf(at) !== null);
  const found: Problem[] = [];
  let seen: ts.Node | null = null;
  for (const { 0: written, index } of text.matchAll(
    /(?<![\w$.-])@[A-Za-z-][\w-]*|(?<=(?:\/\/|\*)[ \t]*)(?:[@#][ \t]*)?z-?cache\b/gi,
  )) {
    const why = whyMissed(written, text, index);
    if (why === null || isInDirective(index)) continue;
    const placed = comments.around(index);
    // One hint for each function.
    if (!placed || placed.token === seen || !isAtEndOfSentence(text, placed, index, written))
      continue;
    const owner = ownerOf(context, placed, index);
    if (owner === null) continue;
    seen = placed.token;
    const span = { start: index, end: index + written.length };
    found.push(problem("nearMiss", span, written, owner, why, exampleFor(ts, placed)));
  }
  return found;
}

function whyMissed(written: string, text: string, at: number): string | null {
  const behind = at + written.length;
  if (written === word) return startsOption(text, behind) ? "a directive begins its comment" : null;
  // `// zcache ttl: 5m`, `// @ zcache`, `// #zcache`; in prose, the name of the package is followed
  // by other words.
  if (!/^@[A-Za-z-]/.test(written))
    return startsOption(text, behind) ? "the word is @zcache" : null;
  const lower = written.toLowerCase();
  if (otherWords.has(lower))
    return startsOption(text, behind) && /^[ \t]*[\w{"']/.test(text.slice(behind, behind + 80))
      ? "the word is @zcache"
      : null;
  // `// @zcache-ttl: 5m`
  if (/^@zcache[-_]/.test(lower)) return "the word is @zcache";
  return lower.length > 4 && nearest(lower, [word]) !== null ? "the word is @zcache" : null;
}

/**
 * Whether the word begins the comment or its line, or follows `TODO`. A misspelling in the middle
 * of prose is left alone.
 */
function isAtEndOfSentence(
  text: string,
  { comment }: PlacedComment,
  at: number,
  written: string,
): boolean {
  if (written === word) return true;
  const lineStart = Math.max(comment.pos, text.lastIndexOf("\n", at) + 1);
  return /^[ \t]*(?:\/\/+!?|\/\*[*!]?|\*)?[ \t]*(?:(?:TODO|FIXME)\b[ \t]*:?[ \t]*)?$/.test(
    text.slice(lineStart, at),
  );
}

/** Returns the name of the function that the comment is above. */
function ownerOf(
  context: FileContext,
  { comment, token }: PlacedComment,
  at: number,
): string | null {
  const { text } = context.sourceFile;
  const before = text.slice(text.lastIndexOf("\n", comment.pos) + 1, comment.pos).trim();
  const trailing =
    before !== "" && text.slice(comment.end, token.getStart(context.sourceFile)).includes("\n");
  const target = findTarget(context, { word: { start: at, end: at + 1 }, token, trailing });
  return "kind" in target
    ? null
    : [...target.containers, target.name ?? "this function"].slice(-2).join(".");
}

function exampleFor(compiler: Syntax, { comment }: PlacedComment): string {
  return comment.kind === compiler.SyntaxKind.SingleLineCommentTrivia
    ? `// ${word}`
    : `/* ${word} … */`;
}
