import { describeProblems } from "./host-problem";
import { type SourceCompiler } from "./source-compiler";

let compiler: SourceCompiler | null = null;

/**
 * A process without cached functions doesn't load the compiler, which takes longer than the search
 * of its files.
 */
function loadCompiler(): SourceCompiler {
  const loaded = require("./source-compiler") as typeof import("./source-compiler");
  return new loaded.SourceCompiler(process.env["ZCACHE_TSCONFIG"]);
}

/**
 * Returns the text with the cache in it, and its source map in a comment, or null if there is
 * nothing to do.
 * @throws SyntaxError with all problems of the file
 */
export function compileForNode(
  text: string,
  path: string,
  format?: "commonjs" | "esm",
): string | null {
  compiler ??= loadCompiler();
  const { code, map, problems } = compiler.compile(text, path, { format });
  if (problems.length > 0) {
    const error = new SyntaxError(`zcache:\n${describeProblems(problems)}`);
    // Its stack is zcache's own, and shows nothing of the mistake.
    error.stack = `SyntaxError: ${error.message}`;
    throw error;
  }
  if (code === null) return null;
  const encoded = Buffer.from(map ?? "").toString("base64");
  return `${code}\n//# sourceMappingURL=data:application/json;base64,${encoded}`;
}
