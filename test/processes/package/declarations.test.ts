import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve, sep } from "node:path";
import test from "ava";
import ts from "typescript";

const repository = resolve(__dirname, "../../..");
const manifest = JSON.parse(readFileSync(join(repository, "package.json"), "utf8")) as {
  readonly exports: Readonly<Record<string, unknown>>;
};
const entries = Object.keys(manifest.exports).filter((entry) => !entry.endsWith(".json"));

const directory = mkdtempSync(join(tmpdir(), "zcache-declarations-"));
test.after.always(() => rmSync(directory, { recursive: true, force: true }));
mkdirSync(join(directory, "node_modules"));
symlinkSync(repository, join(directory, "node_modules/zcache"));
const imports = entries
  .map((entry, i) => `import * as entry${i} from "zcache${entry.slice(1)}"; void entry${i};\n`)
  .join("");
for (const name of ["esm.mts", "commonjs.cts"]) writeFileSync(join(directory, name), imports);

/**
 * Returns what the compiler finds wrong in the package's declarations. The declarations of other
 * packages may need newer libraries.
 */
function errorsIn(options: ts.CompilerOptions): string[] {
  const { ModuleKind, ScriptTarget } = ts;
  const all = {
    strict: true,
    noEmit: true,
    module: ModuleKind.NodeNext,
    target: ScriptTarget.ES2019,
    ...options,
  };
  const program = ts.createProgram(
    ["esm.mts", "commonjs.cts"].map((name) => join(directory, name)),
    all,
  );
  const own = program.getSourceFiles().filter(({ fileName }) => {
    const path = resolve(fileName);
    return path.startsWith(join(repository, "dist") + sep) || path.startsWith(directory + sep);
  });
  return [
    ...program.getOptionsDiagnostics(),
    ...own.flatMap((file) => program.getSemanticDiagnostics(file)),
  ].map(
    ({ file, messageText }) =>
      `${file?.fileName}: ${ts.flattenDiagnosticMessageText(messageText, "\n")}`,
  );
}

// It is compiled without `skipLibCheck`, so that the declarations themselves are checked.
for (const types of [["node"], []])
  test(`the declarations of all entries need no library above es2019, and with types: [${types.join()}] find those of Node`, (t) => {
    t.true(entries.length > 20);
    t.deepEqual(
      errorsIn({
        lib: ["lib.es2019.d.ts"],
        types,
        typeRoots: [join(repository, "node_modules/@types")],
      }),
      [],
    );
  });
