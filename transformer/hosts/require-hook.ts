import { readFileSync } from "node:fs";
import Module from "node:module";
import { compileTypeScript } from "./compile-typescript";
import { isCompiled } from "../context/concern";
import { isConcerned, packageFolder } from "./files";
import { compileForNode } from "./node-compiler";

type Compile = (code: string, path: string, ...more: unknown[]) => unknown;

type Extension = (module: NodeJS.Module & { _compile: Compile }, path: string) => void;

/** The functions that load files, by extension. */
interface Extensions {
  readonly ".js": Extension;
  [extension: string]: Extension | undefined;
}

const { _extensions: extensions } = Module as unknown as {
  readonly _extensions: Extensions;
};

/**
 * Rewrites required files. A compiler of TypeScript for `require` (tsx, ts-node) puts a function
 * into `Module._extensions`, reads the file itself and passes its output to `module._compile`. The
 * file that it reads must therefore be zcache's: it is asked to compile the rewritten text.
 */
export function rewriteRequired(): void {
  for (const extension of [".ts", ".tsx", ".cts", ".mts", ".js", ".jsx"]) intercept(extension);
}

function intercept(extension: string): void {
  let current = extensions[extension];
  const own: Extension = (module, path) => {
    const load = current ?? extensions[".js"];
    const rewritten = current && !packageFolder.test(path) ? rewrite(path) : null;
    if (rewritten) withText(module, path, rewritten, load);
    else load(module, path);
  };
  const descriptor: PropertyDescriptor = {
    configurable: true,
    enumerable: true,
    get: () => (current ? own : undefined),
    set: (value: Extension | undefined) => {
      if (value !== own) current = value;
    },
  };
  Object.defineProperty(extensions, extension, descriptor);
}

interface Rewritten {
  readonly text: string;
  readonly code: string;
}

function rewrite(path: string): Rewritten | null {
  const text = readFileSync(path, "utf8");
  const code = isConcerned(path, text) ? compileForNode(text, path, "commonjs") : null;
  return code === null ? null : { text, code };
}

/**
 * Lets the next loader compile the rewritten text, and discards its output for the file's own text.
 */
function withText(
  module: Parameters<Extension>[0],
  path: string,
  { text, code }: Rewritten,
  load: Extension,
): void {
  const { _compile: compile } = module;
  module._compile = function (made: string, compiledPath: string, ...more: unknown[]): unknown {
    module._compile = compile;
    return compile.call(module, cached(made), compiledPath, ...more);
  };
  load(module, path);

  function cached(made: string): string {
    // Node's hook has rewritten the file before.
    if (isCompiled(made)) return made;
    // JavaScript is loaded as it is, but for a mark of its encoding.
    if (made === text.replace(/^\uFEFF/, "")) return code;
    return compileTypeScript(code, path, "cjs");
  }
}
