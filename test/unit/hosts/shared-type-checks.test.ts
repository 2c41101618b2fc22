import { mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "ava";
import { SharedTypeChecks } from "../../../transformer/hosts/shared-type-checks";
import { Tsconfigs } from "../../../transformer/hosts/tsconfig";
import { type TypeChecked } from "../../../transformer/hosts/type-checks";

const root = mkdtempSync(join(tmpdir(), "zcache-shared-"));
test.after.always(() => rmSync(root, { recursive: true, force: true }));

function checked(name: string): TypeChecked {
  const problem = {
    file: "/a.ts",
    line: 1,
    column: 1,
    length: 1,
    code: 990303,
    message: name,
    lineText: "",
  };
  return { problems: [problem], files: ["/a.ts"], failure: null };
}

if (process.platform !== "win32") {
  test("processes that load files of one build share one run of the checks, and one of them shows what it found", async (t) => {
    const address = join(root, "shared");
    const runs: string[] = [];
    const create = (name: string) =>
      new SharedTypeChecks("tsconfig.json", address, (tsconfig) => {
        runs.push(`${name} ${tsconfig}`);
        return Promise.resolve(checked(name));
      });
    const [first, second] = [create("first"), create("second")];
    const one = await first.since(0);
    const two = await second.since(0);
    t.deepEqual(runs, ["first tsconfig.json"]);
    t.deepEqual([one.isToShow, two.isToShow], [true, false]);
    t.deepEqual(two.problems, one.problems);
    // After an edit the old answer is no longer valid.
    await second.since(Date.now() + 1000);
    t.deepEqual(runs, ["first tsconfig.json", "first tsconfig.json"]);
  });

  test("the socket of a killed process doesn't prevent other processes from running the checks", async (t) => {
    const address = join(root, "left");
    writeFileSync(address, "");
    const checks = new SharedTypeChecks("tsconfig.json", address, () =>
      Promise.resolve(checked("own")),
    );
    t.is((await checks.since(0)).problems[0]?.message, "own");
  });
}

test("without a place to meet, a process runs the checks for itself, and the same run is not begun twice", async (t) => {
  let runs = 0;
  const checks = new SharedTypeChecks("tsconfig.json", null, () => {
    runs++;
    return Promise.resolve(checked("own"));
  });
  await Promise.all([checks.since(0), checks.since(0)]);
  t.is(runs, 1);
});

test("an edited tsconfig, or one that it extends, counts for the next file", (t) => {
  const entry = (namespace: string) =>
    JSON.stringify({ compilerOptions: { plugins: [{ name: "zcache", namespace }] } });
  const base = join(root, "base.json");
  const own = join(root, "tsconfig.json");
  writeFileSync(base, entry("v1"));
  writeFileSync(own, '{ "extends": "./base.json" }');
  const configs = new Tsconfigs();
  const named = new Tsconfigs(own);
  const namespaces = () =>
    [configs, named].map((one) => one.of(join(root, "src/a.ts")).options.namespace);
  t.deepEqual(namespaces(), ["v1", "v1"]);
  writeFileSync(base, entry("v2"));
  utimesSync(base, 1, 1);
  t.deepEqual(namespaces(), ["v2", "v2"]);
});
