import ts from "typescript";
import libraries from "zcache-playground:libraries";
import { virtualFiles } from "./virtual-files";
import { describeTtl } from "../../transformer/directive/describe-ttl";
import { quickFixesOf } from "../../transformer/editor/quick-fixes";
import { createExampleCall } from "../../transformer/explain/example-call";
import { resolvePluginOptions } from "../../transformer/context/plugin-options";
import { type Problem } from "../../transformer/context/rules";
import { Session } from "../../transformer/program/session";
import { transformText } from "../../transformer/text/transform-text";
import { playgroundPackage } from "./playground-package";
import { type Result, type ShownProblem } from "./result";

const fileName = "/playground/src/example.ts";

const compilerOptions: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  lib: ["lib.es2022.d.ts", "lib.esnext.disposable.d.ts"],
  strict: true,
  noEmit: true,
  skipLibCheck: true,
  types: [],
  experimentalDecorators: true,
};

let previous: ts.Program | undefined;

/** Compiles one file, as `tspc` and `zcache check` do, with all checks that need types. */
export function compile(source: string): Result {
  const files = virtualFiles({
    ...libraries,
    "/playground/package.json": playgroundPackage,
    [fileName]: source,
  });
  const program = ts.createProgram(
    [fileName, "/playground/globals.d.ts"],
    compilerOptions,
    files.host,
    previous,
  );
  previous = program;
  const file = program.getSourceFile(fileName);
  if (!file) throw new Error(`The compiler has not read ${fileName}.`);
  const checker = program.getTypeChecker();
  const options = resolvePluginOptions({});
  const session = new Session({ ts, compilerOptions, options, packages: files.packages, program });
  const context = session.contextOf(file);
  const ofCompiler = [
    ...program.getSyntacticDiagnostics(file),
    ...program.getSemanticDiagnostics(file),
  ].map((diagnostic): ShownProblem => ({
    start: diagnostic.start ?? 0,
    end: (diagnostic.start ?? 0) + (diagnostic.length ?? 1),
    message: ts.flattenDiagnosticMessageText(diagnostic.messageText, "\n"),
    severity: "error",
    code: `TypeScript ${diagnostic.code}`,
    fixes: [],
  }));
  const ofZcache = session.problemsOf(file).map((problem: Problem): ShownProblem => ({
    start: problem.span.start,
    end: Math.max(problem.span.start + 1, problem.span.end),
    message: problem.message,
    severity: problem.grade,
    code: `zcache ${problem.code} ${problem.name}`,
    fixes: (context ? quickFixesOf(context, problem) : []).map(({ description, change }) => ({
      description,
      start: change.span.start,
      end: change.span.end,
      text: change.text,
    })),
  }));
  const functions = session.targets().map((target) => {
    const { call, key, tags } = createExampleCall(ts, checker, target);
    return { name: target.plan.name, call, key, tags, ttl: describeTtl(target.options) };
  });
  const { code } = transformText(source, fileName, { options, experimentalDecorators: true });
  return { emitted: code, problems: [...ofZcache, ...ofCompiler], functions };
}
