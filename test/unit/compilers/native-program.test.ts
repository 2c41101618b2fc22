import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import test from "ava";
import type ts from "typescript";
import six from "typescript-6.0";
import { JavaScriptCompiler } from "../../../transformer/compilers/javascript-compiler";
import { NativeCompiler } from "../../../transformer/compilers/native-compiler";
import { type Api, loadApi } from "../../../transformer/compilers/native/api";
import {
  type ProjectCompiler,
  type ProjectConfig,
} from "../../../transformer/compilers/project-compiler";

const root = mkdtempSync(join(tmpdir(), "zcache-native-program-"));
const api = loadApi(__dirname, "typescript-7") as Api;
const compilers = [
  new JavaScriptCompiler(six as unknown as typeof ts, null),
  new NativeCompiler(api, root, null),
];
test.after.always(() => {
  for (const compiler of compilers) compiler.close();
  rmSync(root, { recursive: true, force: true });
});

let count = 0;

/** Writes a project, and returns its answers to a question about each file, by each compiler. */
function ask(
  compilerOptions: Record<string, unknown>,
  files: Record<string, string>,
  question: (program: Asked, file: ts.SourceFile) => unknown,
): readonly object[] {
  const directory = join(root, String(++count));
  const all = {
    ...files,
    "tsconfig.json": JSON.stringify({
      compilerOptions: { types: [], noLib: true, ...compilerOptions },
    }),
  };
  for (const [name, text] of Object.entries(all)) {
    mkdirSync(dirname(join(directory, name)), { recursive: true });
    writeFileSync(join(directory, name), text);
  }
  return compilers.map((compiler) => {
    const program = programOf(compiler, join(directory, "tsconfig.json"));
    const own = program
      .getSourceFiles()
      .filter(({ fileName, isDeclarationFile }) => !isDeclarationFile && fileName.includes(root));
    return Object.fromEntries(
      own.map((file) => [file.fileName.slice(directory.length + 1), question(program, file)]),
    );
  });
}

type Asked = ts.Program & { getEmitModuleFormatOfFile(file: ts.SourceFile): ts.ModuleKind };

function programOf(compiler: ProjectCompiler, file: string): Asked {
  const [config] = compiler.readConfigs(file) as [ProjectConfig];
  return compiler.createProgram(config) as Asked;
}

for (const type of ["", '"type": "module"', '"type": "commonjs"'])
  for (const module of [undefined, "commonjs", "esnext", "node20", "nodenext", "preserve"])
    test(`a file has the format that TypeScript 6 gives it: module ${module}, package { ${type} }`, (t) => {
      const source = "export const a = 1;\n";
      const files = { "package.json": `{ ${type} }`, "a.ts": source, "b.mts": source };
      const [before, current] = ask(
        { ...(module !== undefined && { module }), ignoreDeprecations: "6.0" },
        { ...files, "c.cts": source },
        (program, file) => program.getEmitModuleFormatOfFile(file),
      );
      t.is(Object.keys(before ?? {}).length, 3);
      t.deepEqual(current, before);
    });

test("a file is one of a library if an import finds it in node_modules, and not if it is listed", (t) => {
  const library = (name: string): Record<string, string> => ({
    [`node_modules/${name}/package.json`]: `{ "name": "${name}", "types": "index.ts" }`,
    [`node_modules/${name}/index.ts`]: "export const of = 1;\n",
  });
  const [before, current] = ask(
    {},
    {
      ...library("found"),
      "src/a.ts": 'import { of } from "found";\nimport "../my_modules/b";\nexport const a = of;\n',
      "my_modules/b.ts": "export const b = 1;\n",
    },
    (program, file) => program.isSourceFileFromExternalLibrary(file),
  );
  t.deepEqual(before, {
    "node_modules/found/index.ts": true,
    "src/a.ts": false,
    "my_modules/b.ts": false,
  });
  t.deepEqual(current, before);
});
