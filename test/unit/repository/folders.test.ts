import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";
import test from "ava";

const root = join(__dirname, "../../..");

/**
 * The stages of each half in their order: folders, and files beside them. A stage imports only
 * stages before it.
 */
const stages: Record<string, readonly (readonly string[])[]> = {
  runtime: [
    ["user-code"],
    [
      "plan",
      "suggest",
      "options",
      "errors",
      "events",
      "duration",
      "clock",
      "check-options",
      "share",
    ],
    ["keys"],
    ["codecs"],
    ["entry"],
    ["backends"],
    ["backends/redis"],
    ["backends/tiered"],
    ["cache"],
    ["loads"],
    ["verify"],
    ["transactions"],
    ["calls"],
    ["studio"],
    ["operations", "runtime", "yaml", "own-backend", "index"],
    ["libraries"],
    ["observability"],
    ["testing"],
  ],
  transformer: [
    ["context"],
    ["directive"],
    ["target"],
    ["plan"],
    ["emit"],
    ["text"],
    ["checks/types"],
    ["checks/code"],
    ["checks/tags"],
    ["checks"],
    ["program"],
    ["lock"],
    ["explain"],
    ["hosts"],
    ["compilers/native"],
    ["compilers"],
    ["compilers/live"],
    ["editor"],
    ["language-server"],
    ["command-line"],
    ["index"],
  ],
};

for (const [half, order] of Object.entries(stages)) {
  const files = readdirSync(join(root, half), { recursive: true, encoding: "utf8" })
    .map((file) => file.replaceAll("\\", "/"))
    .filter((file) => file.endsWith(".ts"))
    .map((file) => file.slice(0, -".ts".length));
  const known = new Set(files);
  const stageOf = (file: string): number =>
    order.findIndex((places) => places.includes(posix.dirname(file)) || places.includes(file));
  const imports = new Map(files.map((file) => [file, importsOf(half, file, known)]));

  test(`each file of ${half}/ belongs to a stage, and imports only its own stage and those before it`, (t) => {
    for (const file of files) {
      t.not(
        stageOf(file),
        -1,
        `${half}/${file}.ts belongs to no stage in test/unit/repository/folders.test.ts`,
      );
      for (const imported of imports.get(file) ?? [])
        t.true(
          stageOf(imported) <= stageOf(file),
          `${half}/${file}.ts imports ${imported}.ts of a later stage`,
        );
    }
  });

  test(`no files of ${half}/ import each other in a circle, not even for types`, (t) => {
    const done = new Set<string>();
    const visit = (file: string, path: readonly string[]): void => {
      const circle = path.includes(file) ? [...path.slice(path.indexOf(file)), file] : [];
      t.deepEqual(circle, [], circle.join(" → "));
      if (done.has(file) || circle.length > 0) return;
      for (const imported of imports.get(file) ?? []) visit(imported, [...path, file]);
      done.add(file);
    };
    for (const file of files) visit(file, []);
  });
}

/** The files of the same half that a file imports, for values or for types. */
function importsOf(half: string, file: string, known: ReadonlySet<string>): readonly string[] {
  const text = readFileSync(join(root, half, `${file}.ts`), "utf8");
  const specifiers = text.matchAll(/(?:\bfrom|\bimport|\brequire)\s*\(?\s*"(\.[^"]*)"/g);
  return Array.from(specifiers, ([, specifier = ""]) => posix.join(posix.dirname(file), specifier))
    .map((path) => (known.has(path) ? path : posix.join(path, "index")))
    .filter((path) => known.has(path));
}

/**
 * What the tests of each folder need, from the least to the most. CONTRIBUTING.md has the same
 * list.
 */
const needs = ["unit", "exhaustive", "redis", "databases", "processes", "browser", "fuzz", "chaos"];

test("each test is in a folder that tells what it needs", (t) => {
  for (const file of testFiles()) t.true(needs.includes(file.split("/")[0] ?? ""), `test/${file}`);
  const text = readFileSync(join(root, "CONTRIBUTING.md"), "utf8");
  t.deepEqual(
    Array.from(text.matchAll(/^\| `test\/([\w-]+)` /gm), ([, name]) => name),
    needs,
  );
});

test("what test/unit and test/exhaustive import needs neither a build nor a server", (t) => {
  const visited = new Set<string>();
  const visit = (file: string): void => {
    if (visited.has(file)) return;
    visited.add(file);
    t.notRegex(file, /^support\/(?:redis|stores|postgres|projects\/workspace)\.ts$/);
    const text = readFileSync(join(root, "test", file), "utf8");
    for (const [, path = ""] of text.matchAll(/ from "(\.[^"]+)"/g)) {
      const imported = posix.join(posix.dirname(file), `${path}.ts`);
      if (existsSync(join(root, "test", imported))) visit(imported);
    }
  };
  for (const file of testFiles()) if (/^(?:unit|exhaustive)\//.test(file)) visit(file);
});

function testFiles(): string[] {
  const files = readdirSync(join(root, "test"), { recursive: true, encoding: "utf8" });
  return files
    .map((file) => file.replaceAll("\\", "/"))
    .filter((file) => file.endsWith(".test.ts"));
}

test("architecture.md shows each folder of both halves", (t) => {
  const text = readFileSync(join(root, "docs/architecture.md"), "utf8");
  for (const [half, order] of Object.entries(stages)) {
    const [, tree = ""] =
      /^```\n([^]*?)^```$/m.exec(text.slice(text.indexOf(`: \`${half}/\``))) ?? [];
    const shown = Array.from(tree.matchAll(/^ {0,2}([\w-]+)\/(?: |$)/gm), ([, name]) => name);
    const folders = order
      .map(([place = ""]) => place)
      .filter((place) => existsSync(join(root, half, place)));
    const names = folders
      .map((folder) => posix.basename(folder))
      .filter((name) => !name.includes("."));
    t.deepEqual(shown.toSorted(), names.toSorted());
  }
});
