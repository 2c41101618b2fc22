/**
 * The corpus: small programs with a mistake (`corpus/wrong`), and sound ones that look alike
 * (`corpus/sound`). Each file is a program of its own, or each folder where one needs several
 * files. The first line of a wrong one says what is to be found, with places as tsc prints them;
 * nothing else may be:
 *
 *     // expect: unfaithful-codec@7:4, hint unknown-result@12:4
 *
 * All are compiled at once, by one checker; but what looks at the whole program sees a program's
 * own files only.
 */
import { readdirSync, readFileSync } from "node:fs";
import { basename, join, relative, sep } from "node:path";
import ts from "typescript";
import { resolvePluginOptions } from "../../../transformer/context/plugin-options";
import { JavaScriptCompiler } from "../../../transformer/compilers/javascript-compiler";
import {
  type ProjectCompiler,
  type ProjectConfig,
} from "../../../transformer/compilers/project-compiler";
import { Session } from "../../../transformer/program/session";

export interface CorpusFile {
  /** A name such as `wrong/template-misspelt-property.ts`. */
  readonly name: string;
  readonly path: string;
  readonly expected: readonly Finding[];
  readonly found: readonly Finding[];
  /** The messages of TypeScript itself, because a program of the corpus has no other mistakes. */
  readonly errors: readonly string[];
}

export interface Finding {
  readonly rule: string;
  /** `line:column`, or an empty text in a first line whose places are not filled in yet. */
  readonly place: string;
  readonly grade: "error" | "hint";
  readonly message?: string;
  /** The text at the place. */
  readonly text?: string;
}

const corpus = join(__dirname, "corpus");

/** The options are those of a new project. */
const tsconfig = join(corpus, "tsconfig.json");

/** @param prefix of the files' names: `unfaithful-`, or all */
export function runCorpus(
  prefix = "",
  compiler: ProjectCompiler = new JavaScriptCompiler(ts, null),
): CorpusFile[] {
  const programs = ["wrong", "sound"].flatMap((kind) => programsIn(join(corpus, kind), prefix));
  const [config] = compiler.readConfigs(tsconfig) as [ProjectConfig];
  const program = compiler.createProgram(config);
  return programs.flatMap((paths) => runProgram(compiler, config, program, paths));
}

/** The program is a file, or the files of a folder. */
function programsIn(folder: string, prefix: string): string[][] {
  return readdirSync(folder, { withFileTypes: true })
    .filter(({ name }) => name.startsWith(prefix))
    .map((entry) => {
      const path = join(folder, entry.name);
      return entry.isDirectory() ? readdirSync(path).map((name) => join(path, name)) : [path];
    })
    .sort();
}

function runProgram(
  { ts, packages }: ProjectCompiler,
  { parsed: { options: compilerOptions } }: ProjectConfig,
  program: ts.Program,
  paths: readonly string[],
): CorpusFile[] {
  const files = paths.map((path) => program.getSourceFile(path) as ts.SourceFile);
  const own = new Proxy(program, {
    get(of, name) {
      if (name === "getSourceFiles") return () => files;
      const value: unknown = Reflect.get(of, name, of);
      return typeof value === "function" ? (value as () => unknown).bind(of) : value;
    },
  });
  const options = resolvePluginOptions({});
  const session = new Session({ ts, compilerOptions, options, packages, program: own });
  return files.map((file, i) => ({
    name: relative(corpus, paths[i] as string)
      .split(sep)
      .join("/"),
    path: paths[i] as string,
    expected: expectedIn(file.text),
    found: [
      ...session.diagnosticsOf(file).map(toFinding("error")),
      ...session.hintsOf(file).map(toFinding("hint")),
    ],
    errors: [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)].map(
      (diagnostic) => {
        return `${placeOf(diagnostic)} ${ts.flattenDiagnosticMessageText(diagnostic.messageText, " ")}`;
      },
    ),
  }));
}

function expectedIn(text: string): Finding[] {
  const [, list] = /^\/\/ expect: (.*)/.exec(text) ?? [];
  return (list ?? "").split(",").flatMap((item) => {
    const [, hint, rule, place] = /^(hint )?([\w-]+)(?:@(.*))?$/.exec(item.trim()) ?? [];
    return rule ? [{ rule, place: place ?? "", grade: hint ? "hint" : "error" }] : [];
  });
}

function toFinding(grade: "error" | "hint"): (diagnostic: ts.Diagnostic) => Finding {
  return (diagnostic) => {
    const message = ts.flattenDiagnosticMessageText(diagnostic.messageText, " ");
    const { file, start = 0, length = 0 } = diagnostic;
    return {
      rule: /\[zcache\/([\w-]+)\]$/.exec(message)?.[1] ?? String(diagnostic.code),
      place: placeOf(diagnostic),
      grade,
      message,
      text: file?.text.slice(start, start + length) ?? "",
    };
  };
}

function placeOf({ file, start = 0 }: ts.Diagnostic): string {
  const { line, character } = file?.getLineAndCharacterOfPosition(start) ?? {
    line: 0,
    character: 0,
  };
  return `${line + 1}:${character + 1}`;
}

/** Returns the first line that would expect what was found. */
export function expectationOf(found: readonly Finding[]): string {
  return `// expect: ${found.map(printFinding).join(", ")}`;
}

export function printFinding({ rule, place, grade }: Finding): string {
  return `${grade === "hint" ? "hint " : ""}${rule}@${place}`;
}

/**
 * Compares without regard to order: expected problems that were not found, and the other way round.
 */
export function differences({ expected, found }: CorpusFile): {
  readonly missed: Finding[];
  readonly alarms: Finding[];
} {
  const wanted = new Set(expected.map(printFinding));
  const got = new Set(found.map(printFinding));
  return {
    missed: expected.filter((finding) => !got.has(printFinding(finding))),
    alarms: found.filter((finding) => !wanted.has(printFinding(finding))),
  };
}

/** Returns whether the text of a file begins as `wrong` and `sound` require. */
export function isMarked({ path, name }: CorpusFile): boolean {
  const marked = readFileSync(path, "utf8").startsWith("// expect: ");
  // In a program of several files, one of the files has the mistake.
  return name.startsWith("sound/") ? !marked : marked || basename(join(path, "..")) !== "wrong";
}
