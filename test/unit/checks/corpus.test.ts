import { readFileSync, writeFileSync } from "node:fs";
import test from "ava";
import { expectationOf, isMarked, printFinding, runCorpus } from "./run-corpus";

const files = runCorpus();

for (const file of files) {
  test(file.name, (t) => {
    t.true(
      isMarked(file),
      "wrong programs begin with // expect: rule@line:column, sound ones don't",
    );
    t.deepEqual(file.errors, [], "what TypeScript itself reports");
    if (process.env["UPDATE_CORPUS"] && !process.env["CI"]) fillInPlaces(file);
    else
      t.deepEqual(
        file.found.map(printFinding).sort(),
        file.expected.map(printFinding).sort(),
        messages(file),
      );
  });
}

/**
 * `// expect: unknown-property` gets the place where the problem was found. The author writes the
 * names.
 */
function fillInPlaces({ path, expected, found }: (typeof files)[number]): void {
  const namesOf = (findings: readonly { rule: string }[]): string =>
    findings
      .map(({ rule }) => rule)
      .sort()
      .join();
  if (expected.length === 0 || namesOf(expected) !== namesOf(found)) return;
  writeFileSync(path, readFileSync(path, "utf8").replace(/^.*/, expectationOf(found)));
}

function messages({ found }: (typeof files)[number]): string {
  return found.map(({ place, text, message }) => `${place} ${text}: ${message}`).join("\n");
}
