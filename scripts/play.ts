/**
 * Prints what a file becomes: `npm run play -- path/to/file.ts`. It is the fastest feedback loop.
 */
import ts from "typescript";
import transformProgram from "../transformer";

const [fileName] = process.argv.slice(2);
if (!fileName) throw new Error("Name a file: npm run play -- fixtures/function/input.ts");
const options: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.NodeNext,
  strict: true,
  types: ["node"],
  noEmitOnError: false,
};
const program = transformProgram(ts.createProgram([fileName], options), undefined, {}, { ts });
const diagnostics = ts.getPreEmitDiagnostics(program);
const host = {
  getCanonicalFileName: (name: string) => name,
  getCurrentDirectory: () => process.cwd(),
  getNewLine: () => "\n",
};
process.stderr.write(ts.formatDiagnostics(diagnostics, host));
program.emit(program.getSourceFile(fileName), (name, text) => {
  if (/\.[cm]?js$/.test(name)) process.stdout.write(text);
});
