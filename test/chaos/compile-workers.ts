import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import ts from "typescript";
import { createTransformer } from "../../transformer";

export interface CompiledWorkers {
  /** Returns the client process's script, in plain JavaScript. */
  readonly main: string;
  remove(): void;
}

const root = join(__dirname, "../..");
const sources = ["runtime", "test/chaos/worker"];
const shared = ["test/chaos/random.ts", "test/chaos/monotonic.ts"];
const dependencies = ["ioredis", "ms", "js-yaml", "pg"];

/**
 * Compiles the client processes with zcache, from the current sources. Under ts-node each process
 * would hold a compiler in its heap and take a second of a core to start.
 */
export function compileWorkers(): CompiledWorkers {
  const directory = mkdtempSync(join(tmpdir(), "zcache-chaos-"));
  const options: ts.CompilerOptions = {
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.CommonJS,
    esModuleInterop: true,
    inlineSourceMap: true,
  };
  const files = sources.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".ts"))
      .map((name) => `${folder}/${name}`),
  );
  for (const file of [...files, ...shared]) {
    const { outputText } = ts.transpileModule(readFileSync(join(root, file), "utf8"), {
      fileName: join(root, file),
      compilerOptions: options,
      transformers: { before: [createTransformer(ts, options)] },
    });
    write(join(directory, file.replace(/\.ts$/, ".js")), outputText);
  }
  linkModules(directory);
  const remove = (): void => rmSync(directory, { recursive: true, force: true });
  // This also runs when somebody presses Ctrl-C.
  process.once("exit", remove);
  return {
    main: join(directory, "test/chaos/worker/main.js"),
    remove() {
      process.off("exit", remove);
      remove();
    },
  };
}

function linkModules(directory: string): void {
  const modules = join(directory, "node_modules");
  const exports = { ".": "./index.js", "./runtime": "./runtime.js" };
  write(join(modules, "zcache/package.json"), JSON.stringify({ name: "zcache", exports }));
  for (const name of ["index", "runtime"]) {
    write(
      join(modules, `zcache/${name}.js`),
      `module.exports = require("../../runtime/${name}");\n`,
    );
  }
  for (const name of dependencies) {
    const target = join(root, "node_modules", name);
    if (existsSync(target)) symlinkSync(target, join(modules, name));
  }
}

function write(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}
