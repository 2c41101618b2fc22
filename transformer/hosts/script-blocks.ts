import { findDirectives } from "../directive/find-directives";
import { problem } from "../context/rules";
import { type TextProblem } from "../text/text-problem";

/**
 * Finds the directives in the scripts of a file of Vue, Svelte or Astro. None of them can be
 * carried out: the compiler of the file puts its script into a function that runs once for each
 * component or page, so that there would be another cached function each time.
 */
export function problemsInBlocks(text: string, file: string): readonly TextProblem[] {
  const { parser: ts } = require("../text/parser") as typeof import("../text/parser");
  const sourceFile = ts.createSourceFile(
    `${file}.ts`,
    onlyScripts(text),
    ts.ScriptTarget.Latest,
    true,
  );
  const kind = /[^.]+$/.exec(file)?.[0] ?? "";
  return findDirectives({ ts, sourceFile }).map(({ word }) => {
    const { code, message } = problem(
      "unsupportedTarget",
      word,
      `A function in a .${kind} file`,
      "the file's own compiler moves its script into a function that runs again and again. Move the function into a TypeScript file, and import it here.",
    );
    return { code, message, ...word };
  });
}

/** Returns the text with blanks in place of all that isn't script, so that no position moves. */
function onlyScripts(text: string): string {
  const scripts = [...text.matchAll(/<script\b[^>]*>(.*?)<\/script\s*>/dgs)];
  // Astro has one at its start as well, between two fences.
  const fenced = /^\s*---(.*?)^---/dms.exec(text);
  const spans = [...(fenced ? [fenced] : []), ...scripts].flatMap(({ indices }) =>
    indices?.[1] ? [indices[1]] : [],
  );
  let only = text.replaceAll(/[^\r\n]/g, " ");
  for (const [start, end] of spans)
    only = only.slice(0, start) + text.slice(start, end) + only.slice(end);
  return only;
}
