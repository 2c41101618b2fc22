import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import test from "ava";

const root = join(__dirname, "../../..");
const folders = [
  "runtime",
  "transformer",
  "studio",
  "scripts",
  "bench",
  "test",
  "examples",
  "site",
];

/**
 * Folders that are installed or generated, and the corpus, whose comments name places in their own
 * program.
 */
const leftOut = ["node_modules", "dist", "build", "pages", ".vitepress", "prisma-client", "corpus"];

const isSource = /\.([cm]?[jt]s|tsx)$/;

/**
 * A line that has nothing but a comment, in Lua as well. A directive or an indented command can't
 * be continued on the next line.
 */
const isComment = /^\s*(\/\/|\/?\*+|--)(\s(?!@zcache|oxlint-|\s{3,})|$)/;

for (const folder of folders) {
  test(`no line of a comment in ${folder}/ is longer than 100 characters`, (t) => {
    const files = sourcesIn(folder);
    t.not(files.length, 0);
    t.deepEqual(files.flatMap(longComments), []);
  });
}

function sourcesIn(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return leftOut.includes(entry.name) ? [] : sourcesIn(path);
    return isSource.test(entry.name) ? [path] : [];
  });
}

function longComments(file: string): string[] {
  const lines = readFileSync(join(root, file), "utf8").split("\n");
  return lines.flatMap((line, index) =>
    line.length > 100 && isComment.test(line) ? [`${file}:${index + 1}`] : [],
  );
}
