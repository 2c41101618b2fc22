import { join } from "node:path";
import ts from "typescript";
import { resolvePluginOptions } from "../../../transformer/context/plugin-options";
import { Session } from "../../../transformer/program/session";

const root = join(__dirname, "../../..");
const fileName = join(root, "test/checks/source.ts");
/** The standard library is parsed once for all tests of a file. */
const parsed = new Map<string, ts.SourceFile | undefined>();

export interface SourceCheck {
  readonly compilerOptions?: ts.CompilerOptions;
  /** These are the options of the plugin entry. */
  readonly plugin?: Record<string, unknown>;
}

/** Returns what the checks report about a source text: `line:column text: message`. */
export function checkSource(
  source: string,
  { compilerOptions = {}, plugin = {} }: SourceCheck = {},
): string[] {
  const options: ts.CompilerOptions = {
    target: ts.ScriptTarget.ES2022,
    lib: ["lib.es2023.d.ts"],
    strict: true,
    types: ["node"],
    noEmit: true,
    ...compilerOptions,
  };
  const host = ts.createCompilerHost(options, true);
  const { getSourceFile, fileExists } = host;
  host.fileExists = (name) => name === fileName || fileExists(name);
  host.getSourceFile = (name, version) => {
    if (name === fileName) return ts.createSourceFile(name, source, version, true);
    if (!parsed.has(name)) parsed.set(name, getSourceFile.call(host, name, version));
    return parsed.get(name);
  };
  const program = ts.createProgram([fileName], options, host);
  const session = new Session({
    ts,
    compilerOptions: options,
    options: resolvePluginOptions(plugin),
    packages: ts.sys,
    program,
  });
  const file = program.getSourceFile(fileName) as ts.SourceFile;
  return [...session.diagnosticsOf(file), ...session.hintsOf(file)].map(
    ({ start = 0, length = 0, messageText }) => {
      const { line, character } = file.getLineAndCharacterOfPosition(start);
      return `${line + 1}:${character + 1} ${source.slice(start, start + length)}: ${ts.flattenDiagnosticMessageText(messageText, " ")}`;
    },
  );
}
