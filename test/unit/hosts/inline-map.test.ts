import { SourceMap } from "node:module";
import test from "ava";
import ts from "typescript";
import { resolvePluginOptions } from "../../../transformer/context/plugin-options";
import { leadToSource, withInlineMap } from "../../../transformer/hosts/inline-map";
import { transformText } from "../../../transformer/text/transform-text";

const source =
  '// @zcache\nexport const load = async (id: number) => { throw new Error("here" + id); };\n';

function rewrite(): { code: string; map: string } {
  const options = resolvePluginOptions({ namespace: "shop" });
  const { code, map } = transformText(source, "/project/src/service.ts", {
    options,
    experimentalDecorators: false,
  });
  return { code: code ?? "", map: String(map) };
}

function mapOf(text: string): ConstructorParameters<typeof SourceMap>[0] {
  const [, encoded = ""] = /base64,(\S+)\s*$/.exec(text) ?? [];
  return JSON.parse(Buffer.from(encoded, "base64").toString()) as ConstructorParameters<
    typeof SourceMap
  >[0];
}

test("the map of a compiler that takes no notice of the map before it leads to the source", (t) => {
  const rewritten = rewrite();
  const { outputText } = ts.transpileModule(withInlineMap(rewritten.code, rewritten.map), {
    compilerOptions: { inlineSourceMap: true, inlineSources: true, target: ts.ScriptTarget.ES2022 },
  });
  const column = (text: string): number =>
    text
      .split("\n")
      .find((line) => line.includes('"here"'))
      ?.indexOf('"here"') ?? -1;
  const line = outputText.split("\n").findIndex((text) => text.includes('"here"'));
  const found = (text: string): number | undefined => {
    const entry = new SourceMap(mapOf(text)).findEntry(line, column(text));
    return "originalColumn" in entry ? entry.originalColumn : undefined;
  };
  t.not(found(outputText), column(source));
  const led = leadToSource(outputText, rewritten);
  t.is(found(led), column(source));
  t.deepEqual((mapOf(led) as { sourcesContent?: string[] }).sourcesContent, [source]);
  t.is(led.replace(/\n\/\/# source[^]*$/, ""), outputText.replace(/\n\/\/# source[^]*$/, ""));
  // A compiler that has followed the map is left as it is, and so is one that makes none.
  t.is(leadToSource(led, rewritten), led);
  t.is(leadToSource("exports.load = 1;", rewritten), "exports.load = 1;");
});
