import { SourceMap } from "node:module";
import test from "ava";
import ts from "typescript";
import { createTransformer } from "../../../transformer";

const source = `
// @zcache
export async function declaration() { throw new Error("in declaration"); }
// @zcache
export const arrow = async () => {
  throw new Error("in arrow");
};
class Service {
  // @zcache
  async method() { throw new Error("in method"); }
  // @zcache
  async #private() {
    throw new Error("in private");
  }
  @log /* @zcache */ async decorated() { throw new Error("in decorated"); }
  run(service: Service) { return service.method.refresh("in operation", this.#private()); }
}
const object = {
  // @zcache
  async member() { throw new Error("in member"); },
  // @zcache
  async withSuper() { super.toString(); throw new Error("in super"); },
};
function log(value: unknown) { throw new Error("after all"); }
`;

for (const target of [ts.ScriptTarget.ES2017, ts.ScriptTarget.ES2022, ts.ScriptTarget.ESNext]) {
  test(`source maps are exact inside the functions (${ts.ScriptTarget[target]})`, (t) => {
    const compilerOptions: ts.CompilerOptions = {
      target,
      module: ts.ModuleKind.CommonJS,
      sourceMap: true,
    };
    const { outputText, sourceMapText } = ts.transpileModule(source, {
      fileName: "/project/src/service.ts",
      compilerOptions,
      transformers: { before: [createTransformer(ts, compilerOptions)] },
    });
    const map = new SourceMap(
      JSON.parse(sourceMapText as string) as ConstructorParameters<typeof SourceMap>[0],
    );
    const marks = [...source.matchAll(/"(?:in|after) \w+"/g)];
    t.is(marks.length, 9);
    for (const [mark] of marks) {
      const emitted = placeOf(outputText, mark);
      const entry = map.findEntry(emitted.line, emitted.column) as {
        originalLine: number;
        originalColumn: number;
      };
      t.deepEqual(
        { line: entry.originalLine, column: entry.originalColumn },
        placeOf(source, mark),
        mark,
      );
    }
  });
}

function placeOf(text: string, part: string): { line: number; column: number } {
  const before = text.slice(0, text.indexOf(part)).split("\n");
  return { line: before.length - 1, column: (before.at(-1) as string).length };
}
