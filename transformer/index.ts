import { createRequire } from "node:module";
import { join } from "node:path";
import type ts from "typescript";
import { isPluginEntry, resolvePluginOptions } from "./context/plugin-options";
import { inOrderOfEntries } from "./program/plugin-order";
import { Session } from "./program/session";
import { stampVersions } from "./program/stamp-versions";

type TypeScript = typeof ts;

/**
 * The plugin of tsconfig: `{ "name": "zcache", "transform": "zcache/transformer",
 * "transformProgram": true }`.
 *
 * It is a program plugin, because only then do the diagnostics show in every mode: `--noEmit` runs
 * no source transformer, and incremental builds revisit only what changed.
 *
 * @throws Error if the entry lacks `transformProgram`
 */
export default function transformProgram(
  program: ts.Program,
  _host: ts.CompilerHost | undefined,
  config: Record<string, unknown>,
  extras: { ts: TypeScript } | undefined,
): ts.Program {
  // Without it, ts-patch takes this to be a transformer of files, which gets one argument less.
  if (!extras)
    throw new Error(`zcache: the plugin entry in tsconfig.json needs "transformProgram": true.`);
  const { ts } = extras;
  const isTranspiled = compilesSingleFile(program);
  const session = createSession(ts, config, program.getCompilerOptions(), program, isTranspiled);
  const diagnose = (file: ts.SourceFile | undefined): ts.Diagnostic[] =>
    (file ? [file] : program.getSourceFiles()).flatMap((one) => session.diagnosticsOf(one));

  if (!isTranspiled) stampVersions(program, (file) => session.fingerprintsOf(file));
  const entries = pluginEntriesOf(program.getCompilerOptions());
  const { emit, getSemanticDiagnostics, getSyntacticDiagnostics } = program;
  program.emit = (file, writeFile, token, onlyDts, custom, ...rest: []) =>
    emit(
      file,
      writeFile,
      token,
      onlyDts,
      { ...custom, before: inOrderOfEntries(session.transformer, custom?.before ?? [], entries) },
      ...rest,
    );
  if (isTranspiled) {
    program.getSyntacticDiagnostics = (file, token) => [
      ...getSyntacticDiagnostics(file, token),
      ...(diagnose(file) as ts.DiagnosticWithLocation[]),
    ];
    return program;
  }
  program.getSemanticDiagnostics = (file, token) => [
    ...getSemanticDiagnostics(file, token),
    ...(diagnose(file) as ts.DiagnosticWithLocation[]),
  ];

  // Incremental and `-b` builds keep the semantic diagnostics of unchanged files, and ask for these
  // each time.
  const internal = program as {
    getProgramDiagnostics?: (file: ts.SourceFile, token?: unknown) => readonly ts.Diagnostic[];
  };
  const { getProgramDiagnostics } = internal;
  if (getProgramDiagnostics)
    internal.getProgramDiagnostics = (file, token) => [
      ...getProgramDiagnostics(file, token),
      ...diagnose(file),
    ];
  return program;
}

function pluginEntriesOf(
  options: ts.CompilerOptions,
): readonly Readonly<Record<string, unknown>>[] {
  return (options["plugins"] ?? []) as unknown as readonly Readonly<Record<string, unknown>>[];
}

/**
 * Whether this is `ts.transpileModule` or ts-node's own form of it. They ask for syntactic
 * diagnostics only.
 */
function compilesSingleFile(program: ts.Program): boolean {
  const options = program.getCompilerOptions();
  return options["suppressOutputPathCheck"] === true && options.noResolve === true;
}

/**
 * A `before` transformer for hosts without plugins of ts-patch's kind: bundlers through
 * `ts.transpileModule`, ts-loader's `getCustomTransformers`. Without a program there are no types;
 * keys, tags and stored bytes are the same.
 *
 * @param config the options of the plugin entry: `namespace`, `codecs`, `root`
 * @throws Error with all problems of a file, because such hosts have no way to report them
 */
export function createTransformer(
  ts: TypeScript,
  compilerOptions: ts.CompilerOptions,
  config: Record<string, unknown> = {},
  program?: ts.Program,
): ts.TransformerFactory<ts.SourceFile> {
  return reportingTransformer(
    ts,
    createSession(ts, config, compilerOptions, program ?? null, false),
    (problems) => {
      throw new Error(problems);
    },
  );
}

/**
 * The function that the Nest CLI asks of a plugin named in nest-cli.json: `"plugins":
 * ["zcache/transformer"]`. The options are those of the tsconfig's entry, and those that
 * nest-cli.json gives beside the name. An exception would end the app that `nest start --watch`
 * runs, so a mistake is printed there, and its function is left as it was.
 */
export function before(
  options: Record<string, unknown> | undefined,
  program: ts.Program,
): ts.TransformerFactory<ts.SourceFile> {
  const compilerOptions = program.getCompilerOptions();
  const entries = pluginEntriesOf(compilerOptions);
  const ts = createRequire(join(program.getCurrentDirectory(), "package.json"))(
    "typescript",
  ) as TypeScript;
  const session = createSession(
    ts,
    { ...entries.find(isPluginEntry), ...options },
    compilerOptions,
    program,
    false,
  );
  const isWatching = process.argv.some((argument) => argument === "--watch" || argument === "-w");
  return reportingTransformer(ts, session, (problems) => {
    if (isWatching) process.stderr.write(`${problems}\n`);
    else throw Object.assign(new Error(problems), { stack: problems });
  });
}

/** Makes a transformer of files that reports a file's problems before the file is emitted. */
function reportingTransformer(
  ts: TypeScript,
  session: Session,
  report: (problems: string) => void,
): ts.TransformerFactory<ts.SourceFile> {
  const host: ts.FormatDiagnosticsHost = {
    getCanonicalFileName: (name) => name,
    getCurrentDirectory: () => "",
    getNewLine: () => "\n",
  };
  return (transformation) => {
    const transform = session.transformer(transformation);
    return (file) => {
      const diagnostics = session.diagnosticsOf(ts.getOriginalNode(file) as ts.SourceFile);
      if (diagnostics.length > 0) report(ts.formatDiagnostics(diagnostics, host).trim());
      return transform(file);
    };
  };
}

function createSession(
  ts: TypeScript,
  config: Record<string, unknown>,
  compilerOptions: ts.CompilerOptions,
  program: ts.Program | null,
  isTranspiled: boolean,
): Session {
  return new Session({
    ts,
    compilerOptions,
    options: resolvePluginOptions(config),
    packages: ts.sys,
    program,
    isTranspiled,
  });
}
