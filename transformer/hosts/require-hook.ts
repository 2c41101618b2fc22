import { readFileSync } from "node:fs";
import Module from "node:module";
import { compileTypeScript } from "./compile-typescript";
import { isConcerned } from "./files";
import { compileForNode } from "./node-compiler";

type Extension = (
  module: NodeJS.Module & { _compile(code: string, path: string): unknown },
  path: string,
) => void;

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
  for (const extension of [".ts", ".tsx", ".cts", ".mts"]) intercept(extension);
}

function intercept(extension: string): void {
  let current = extensions[extension];
  const own: Extension = (module, path) => {
    const load = current ?? extensions[".js"];
    const text = readFileSync(path, "utf8");
    const code = isConcerned(path, text) ? compileForNode(text, path, "commonjs") : null;
    if (code === null) load(module, path);
    else if (current) withText(module, path, code, load);
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

/**
 * Lets the next loader compile the rewritten text, and discards its output for the file's own text.
 */
function withText(
  module: Parameters<Extension>[0],
  path: string,
  code: string,
  load: Extension,
): void {
  const { _compile: compile } = module;
  module._compile = function (made: string, compiledPath: string): unknown {
    module._compile = compile;
    return compile.call(
      module,
      made === code ? made : compileTypeScript(code, path, "cjs"),
      compiledPath,
    );
  };
  load(module, path);
}
