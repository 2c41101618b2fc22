/**
 * These tests count what a compilation pays for zcache: the nodes that are walked, and the
 * questions to the type checker. Time depends on the machine, and these numbers do not.
 */
import { join } from "node:path";
import test from "ava";
import ts from "typescript";
import { resolvePluginOptions } from "../../../transformer/context/plugin-options";
import { Session } from "../../../transformer/program/session";

const parsed = new Map<string, ts.SourceFile | undefined>();

interface Work {
  /** The number of a file's nodes whose children were visited, by file. */
  readonly walked: ReadonlyMap<string, number>;
  /** The number of questions to the type checker. */
  readonly asked: number;
  /** The number of times that all files of the program were visited. */
  readonly listed: number;
}

/** Diagnoses and emits the files as the compiler does, after it has checked them itself. */
function compile(files: Readonly<Record<string, string>>): Work {
  const options: ts.CompilerOptions = {
    target: ts.ScriptTarget.ES2022,
    lib: ["lib.es2022.d.ts"],
    types: [],
  };
  const program = ts.createProgram(
    Object.keys(files).map(pathOf),
    options,
    createHost(files, options),
  );
  program.getSemanticDiagnostics();
  const walked = new Map<string, number>();
  const walk = (node: ts.Node): void => {
    const file = ts.getOriginalNode(node).getSourceFile()?.fileName;
    const name = file && Object.keys(files).find((one) => pathOf(one) === file);
    if (name) walked.set(name, (walked.get(name) ?? 0) + 1);
  };
  let asked = 0;
  let listed = 0;
  const checker = new Proxy(program.getTypeChecker(), {
    get(target, name: keyof ts.TypeChecker) {
      const value: unknown = target[name];
      if (typeof value !== "function") return value;
      return (...args: unknown[]) => {
        asked++;
        return value.apply(target, args) as unknown;
      };
    },
  });
  const counting = {
    ...ts,
    forEachChild: ((node, ...rest) => (
      walk(node),
      ts.forEachChild(node, ...rest)
    )) as typeof ts.forEachChild,
    visitEachChild: ((node: ts.Node, ...rest: [ts.Visitor, ts.TransformationContext]) => (
      walk(node),
      ts.visitEachChild(node, ...rest)
    )) as typeof ts.visitEachChild,
  };
  const session = new Session({
    ts: counting,
    compilerOptions: options,
    options: resolvePluginOptions({}),
    packages: ts.sys,
    program: {
      ...program,
      getTypeChecker: () => checker,
      getSourceFiles: () => (listed++, program.getSourceFiles()),
    },
  });
  for (const file of program.getSourceFiles()) session.diagnosticsOf(file);
  program.emit(undefined, () => {}, undefined, false, { before: [session.transformer] });
  return { walked, asked, listed };
}

function createHost(
  files: Readonly<Record<string, string>>,
  options: ts.CompilerOptions,
): ts.CompilerHost {
  const host = ts.createCompilerHost(options);
  const { getSourceFile } = host;
  host.getSourceFile = (path, version) => {
    const name = Object.keys(files).find((one) => pathOf(one) === path);
    if (name) return ts.createSourceFile(path, files[name] as string, version);
    if (!parsed.has(path)) parsed.set(path, getSourceFile.call(host, path, version));
    return parsed.get(path);
  };
  return host;
}

function pathOf(name: string): string {
  return join(__dirname, name);
}

const plain = Array.from(
  { length: 50 },
  (_, i) => `export function plain${i}(a: number) { return a * ${i}; }\n`,
).join("");
const service = (i: number): string => `
  export class Service${i} {
    constructor(private readonly tenant: string) {}
    // @zcache tags: ["user:{id}"]
    async load(id: number): Promise<string> { return this.tenant + id; }
  }
`;

test("a file without a directive and without an operation's name is not walked, and no type is asked for it", (t) => {
  const alone = compile({ "service.ts": service(0) });
  const files = Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`plain${i}.ts`, plain]));
  const { walked, asked } = compile({ "service.ts": service(0), ...files });
  t.deepEqual([...walked.keys()], ["service.ts"]);
  t.is(asked, alone.asked);
  t.deepEqual(compile({ "plain.ts": plain }), { walked: new Map(), asked: 0, listed: 0 });
});

test("in a file with a directive only the surroundings of its function are walked", (t) => {
  const { walked } = compile({ "service.ts": service(0) });
  const among = compile({ "service.ts": plain + service(0) + plain });
  t.is(among.walked.get("service.ts"), walked.get("service.ts"));
});

test("each file is walked once to find the objects that a program makes, however many classes are involved", (t) => {
  const main = (count: number): string =>
    Array.from({ length: 10 }, (_, i) => `new Service${i % count}("tenant");`).join("\n");
  const services = (count: number): string =>
    Array.from({ length: count }, (_, i) => service(i)).join("");
  const [one, ten] = [1, 10].map((count) =>
    compile({ "services.ts": services(count), "main.ts": main(count) }),
  );
  t.true((one?.walked.get("main.ts") ?? 0) > 0);
  t.is(ten?.walked.get("main.ts"), one?.walked.get("main.ts"));
});

test("invalidations are searched once, however many directives have tags", (t) => {
  const main = `${plain}invalidateTag("user:5");`;
  const services = (count: number): string =>
    Array.from({ length: count }, (_, i) => service(i)).join("");
  const [one, ten] = [1, 10].map((count) =>
    compile({ "services.ts": services(count), "main.ts": main }),
  );
  t.true((one?.walked.get("main.ts") ?? 0) > 0);
  t.is(ten?.walked.get("main.ts"), one?.walked.get("main.ts"));
});

test("ten functions ask for types ten times as often as one", (t) => {
  const functions = (count: number): string =>
    Array.from(
      { length: count },
      (_, i) => `// @zcache\nexport async function f${i}(id: number) { return { id }; }\n`,
    ).join("");
  const [one, ten, twenty] = [1, 10, 20].map(
    (count) => compile({ "functions.ts": functions(count) }).asked,
  );
  t.is((twenty as number) - (ten as number), (10 * ((ten as number) - (one as number))) / 9);
});

test("all files of a program are gone through as often for one annotated file as for ten", (t) => {
  const files = (count: number): Record<string, string> =>
    Object.fromEntries(Array.from({ length: count }, (_, i) => [`service${i}.ts`, service(i)]));
  const [one, ten] = [1, 10].map((count) => compile(files(count)).listed);
  t.is(ten, one);
});
