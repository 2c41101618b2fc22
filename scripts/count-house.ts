/**
 * Counts what a reader of the source encounters: `node -r ts-node/register/transpile-only
 * scripts/count-house.ts [--longest 15]`. For runtime/, transformer/ and studio/: lines of files
 * and of functions, parameters, branches, and the widths of lines; for docs/ the words of each
 * page. Circles of imports are counted by test/unit/repository/folders.test.ts.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import ts from "typescript";

const root = join(__dirname, "..");
const { values } = parseArgs({ options: { longest: { type: "string", default: "12" } } });

interface Counted {
  readonly name: string;
  readonly lines: number;
  readonly branches: number;
  readonly parameters: number;
}

for (const half of ["runtime", "transformer", "studio"]) {
  const files = filesIn(half).filter((file) => /\.tsx?$/.test(file));
  const texts = files.map((file) => readFileSync(join(root, file), "utf8"));
  const functions = files.flatMap((file, i) => functionsIn(file, texts[i] as string));
  const lines = texts.flatMap((text) => text.split("\n").filter((line) => line.trim() !== ""));
  const all = texts.flatMap((text) => text.split("\n"));
  console.log(`${half}: ${files.length} files, ${all.length} lines, ${functions.length} functions`);
  console.log(
    `  lines of a file       ${spread(texts.map((text) => text.split("\n").length - 1))}`,
  );
  console.log(`  lines of a function   ${spread(functions.map((one) => one.lines))}`);
  console.log(`  paths through one     ${spread(functions.map((one) => one.branches))}`);
  console.log(`  parameters of one     ${spread(functions.map((one) => one.parameters))}`);
  console.log(`  characters of a line  ${spread(lines.map((line) => line.length))}`);
  for (const [what, of] of [
    ["longest", (one: Counted) => one.lines],
    ["most paths", (one: Counted) => one.branches],
  ] as const) {
    const worst = functions.toSorted((a, b) => of(b) - of(a)).slice(0, Number(values.longest));
    console.log(`  ${what}: ${worst.map((one) => `${of(one)} ${one.name}`).join("\n    ")}`);
  }
}

const pages = [
  "README.md",
  "CONTRIBUTING.md",
  ...filesIn("docs").filter((file) => file.endsWith(".md")),
];
for (const page of pages) {
  const words = readFileSync(join(root, page), "utf8")
    .split(/\s+/)
    .filter((word) => /\w/.test(word)).length;
  console.log(`${String(words).padStart(6)} words  ${page}`);
}

function filesIn(folder: string): string[] {
  const files = readdirSync(join(root, folder), { recursive: true, encoding: "utf8" });
  return files.map((file) => `${folder}/${file.replaceAll("\\", "/")}`).sort();
}

/**
 * Counts each function by itself: the lines and branches of a function inside it belong to the
 * inner one.
 */
function functionsIn(file: string, text: string): Counted[] {
  const source = ts.createSourceFile(
    file,
    text,
    ts.ScriptTarget.Latest,
    true,
    file.endsWith("x") ? ts.ScriptKind.TSX : ts.ScriptKind.TS,
  );
  const found: Counted[] = [];
  const lineAt = (position: number): number => source.getLineAndCharacterOfPosition(position).line;
  const visit = (node: ts.Node): { branches: number; inner: number } => {
    let branches = isBranch(node) ? 1 : 0;
    let inner = 0;
    ts.forEachChild(node, (child) => {
      const below = visit(child);
      branches += below.branches;
      inner += below.inner;
    });
    if (!ts.isFunctionLike(node) || !("body" in node) || node.body === undefined)
      return { branches, inner };
    const lines = lineAt(node.end) - lineAt(node.getStart()) + 1;
    const where = `${file}:${lineAt(node.getStart()) + 1} ${nameOf(node)}`;
    found.push({
      name: where,
      lines: lines - inner,
      branches: branches + 1,
      parameters: node.parameters.length,
    });
    // A function on one line is a part of the line around it.
    return { branches: 0, inner: lines > 1 ? lines - 1 : 0 };
  };
  visit(source);
  return found;
}

function isBranch(node: ts.Node): boolean {
  if (ts.isBinaryExpression(node))
    return [
      ts.SyntaxKind.AmpersandAmpersandToken,
      ts.SyntaxKind.BarBarToken,
      ts.SyntaxKind.QuestionQuestionToken,
    ].includes(node.operatorToken.kind);
  return (
    ts.isIfStatement(node) ||
    ts.isIterationStatement(node, false) ||
    ts.isConditionalExpression(node) ||
    ts.isCaseClause(node) ||
    ts.isCatchClause(node)
  );
}

function nameOf(node: ts.SignatureDeclaration): string {
  const { parent } = node;
  if (node.name) return node.name.getText();
  return ts.isVariableDeclaration(parent) || ts.isPropertyAssignment(parent)
    ? parent.name.getText()
    : "(a callback)";
}

function spread(numbers: readonly number[]): string {
  const sorted = numbers.toSorted((a, b) => a - b);
  const at = (part: number): number =>
    sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? 0;
  const mean = numbers.reduce((sum, one) => sum + one, 0) / numbers.length;
  return `p50 ${at(0.5)}, p90 ${at(0.9)}, max ${sorted.at(-1) ?? 0}, mean ${mean.toFixed(1)}`;
}
