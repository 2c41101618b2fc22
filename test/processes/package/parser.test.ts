/** These tests check the parser that zcache ships, which is cut out of TypeScript 6. */
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import test from "ava";
import ts from "typescript-6.0";

const repository = resolve(__dirname, "../../..");
const shippedPath = join(repository, "dist/transformer/text/parser.js");
const { parser: shipped } = require(shippedPath) as { readonly parser: typeof ts };

/** Describes a tree with its tokens. */
function describe(compiler: typeof ts, fileName: string, text: string): readonly string[] {
  const syntax = {
    languageVersion: ts.ScriptTarget.Latest,
    jsDocParsingMode: ts.JSDocParsingMode.ParseNone,
  };
  const file = compiler.createSourceFile(fileName, text, syntax, true);
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    found.push(`${node.kind} ${node.pos} ${node.getStart(file)} ${node.end}`);
    // A second question must have the same answer as the first.
    const children = node.getChildren(file);
    if (node.getChildren(file) !== children && children.length > 0) found.push("other children");
    children.forEach(visit);
  };
  visit(file);
  return found;
}

const folder = join(repository, "transformer/text");

for (const name of readdirSync(folder).filter((one) => one.endsWith(".ts"))) {
  test(`the shipped parser has the nodes and the tokens of TypeScript for ${name}`, (t) => {
    const text = readFileSync(join(folder, name), "utf8");
    t.deepEqual(describe(shipped, name, text), describe(ts, name, text));
  });
}

test("the trees of files don't pile up until the whole heap is collected, although their tokens were asked for", (t) => {
  const tokens = join(dirname(shippedPath), "../context/own-tokens.js");
  const script = `
    const { parser } = require(${JSON.stringify(shippedPath)});
    const { ownTokens } = require(${JSON.stringify(tokens)});
    const text = "export async function load(id: number) { return { id, at: [1, 2, 3] }; }\\n".repeat(20);
    let most = 0;
    for (let i = 0; i < 500; i++) {
      const file = parser.createSourceFile("file" + i + ".ts", text, parser.ScriptTarget.Latest, true);
      file.statements.forEach((statement) => [...ownTokens(parser, statement)]);
      most = Math.max(most, process.memoryUsage().heapUsed);
    }
    console.log(most / 2 ** 20);`;
  const args = ["--max-semi-space-size=2", "-e", script];
  const most = Number(execFileSync(process.execPath, args, { encoding: "utf8" }));
  t.log(`${most.toFixed(1)} MB`);
  // It is 26 MB if TypeScript's own getChildren is asked, which keeps tokens in a WeakMap.
  t.true(most < 15, `${most} MB`);
});
