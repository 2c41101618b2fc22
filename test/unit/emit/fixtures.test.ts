import assert from "node:assert/strict";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import test from "ava";
import ts from "typescript";
import { createStatements } from "../../../transformer/emit/code";
import { rules } from "../../../transformer/context/rules";
import {
  build,
  type Built,
  findFixtures,
  type Fixture,
  golden,
  prepareOut,
  runsIn,
  type Setting,
  settings,
} from "../../support/fixtures/fixture-builds";

// `UPDATE_GOLDENS=1 npx ava test/unit/emit/fixtures.test.ts` writes the goldens anew. Read the
// diff.
const updates = process.env["UPDATE_GOLDENS"] === "1";
if (updates && process.env["CI"]) throw new Error("Goldens are not rewritten where CI is set.");

const fixtures = findFixtures();
const running = fixtures.filter(({ name }) => !name.startsWith("error-"));

prepareOut();
const builds = new Map<string, Map<string, Built>>();

function builtOf(setting: Setting, fixture: Fixture): Built {
  if (!builds.has(setting.name)) builds.set(setting.name, build(setting, fixtures));
  return builds.get(setting.name)?.get(fixture.name) as Built;
}

interface Checked {
  check(strict: typeof assert, cached: boolean): Promise<void>;
}

async function run(file: string, cached: boolean): Promise<void> {
  const loaded = (await import(pathToFileURL(file).href)) as Checked & { default?: Checked };
  await (loaded.check ?? loaded.default?.check)(assert, cached);
}

for (const setting of settings) {
  for (const fixture of running) {
    if (!runsIn(setting, fixture)) continue;
    test.serial(`${fixture.name} means the same, cached and plain (${setting.name})`, async (t) => {
      const built = builtOf(setting, fixture);
      await run(built.entry("cached"), true);
      await run(built.entry("plain"), false);
      t.pass();
    });
  }
}

for (const fixture of fixtures) {
  test.serial(`${fixture.name} emits its golden output`, (t) => {
    const { cached, diagnostics } = builtOf(golden, fixture);
    for (const [file, text] of cached) {
      const source = file.replace(/\.[cm]?js$/, "");
      if (source !== file)
        compareGolden(t, fixture, source === "input" ? "output.js" : `${source}.output.js`, text);
    }
    compareGolden(t, fixture, "diagnostics.txt", diagnostics);
    t.is(diagnostics !== "", fixture.name.startsWith("error-"), diagnostics);
    t.notRegex(diagnostics, /error TS(?!99\d{4}:)/);
  });

  test.serial(`${fixture.name} has the same declarations with and without zcache`, (t) => {
    const { cached, plain } = builtOf(golden, fixture);
    for (const [file, text] of plain) if (/\.d\.[cm]?ts$/.test(file)) t.is(cached.get(file), text);
  });
}

test.serial(
  "the plans are the same text with types, without, and behind another transformer",
  (t) => {
    // esbuild prints code in a style of its own. Code that is parsed as text is also lowered to an
    // older target.
    const others = settings.filter(
      ({ through, compiler, name }) =>
        through !== "plugin" && !compiler && name !== "text, commonjs, es2017",
    );
    for (const fixture of running) {
      for (const other of others) {
        if (!fixture.formats.includes(other.format)) continue;
        const print = other.through === "text" ? printAnew : undefined;
        const plans = plansOf(builtOf(golden, fixture), print);
        t.is(plansOf(builtOf(other, fixture), print), plans, `${fixture.name} (${other.name})`);
      }
    }
  },
);

test.serial("every rule has a fixture that shows it", (t) => {
  const shown = fixtures.map((fixture) => builtOf(golden, fixture).diagnostics).join("");
  // The checks, which have grades, have a corpus of their own.
  for (const rule of Object.values(rules))
    if (!("grade" in rule)) t.true(shown.includes(`[zcache/${rule.name}]`), rule.name);
});

/** Returns the functions at the end of the file. */
function plansOf({ cached }: Built, print = (text: string) => text): string {
  const texts = [...cached].filter(([file]) => /\.[cm]?js$/.test(file)).map(([, text]) => text);
  return texts
    .map((text) =>
      print(
        text
          .slice(text.search(/^function \w*_plan(_\d+)?\(\) \{\s+return \{$/m))
          .replace(/^\/\/# .*/m, "")
          .trim(),
      ),
    )
    .join("\n");
}

/** Returns the code as the compiler prints nodes, however they were written. */
function printAnew(text: string): string {
  const file = ts.createSourceFile("plans.js", text, ts.ScriptTarget.Latest);
  const statements = ts.factory.createNodeArray(createStatements(ts, text));
  return ts
    .createPrinter()
    .printList(ts.ListFormat.MultiLine, statements, file)
    .replaceAll(/\s+/g, "");
}

function compareGolden(
  t: { is(a: string, b: string, message: string): void },
  { directory, name }: Fixture,
  file: string,
  text: string,
): void {
  const path = join(directory, file);
  if (updates && text === "") rmSync(path, { force: true });
  else if (updates) writeFileSync(path, text);
  t.is(text, existsSync(path) ? readFileSync(path, "utf8") : "", `fixtures/${name}/${file}`);
}
