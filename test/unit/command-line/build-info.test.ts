import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import test from "ava";
import { findOutdated } from "../../../transformer/command-line/build-info";
import { readTsconfig } from "../../../transformer/hosts/tsconfig";
import { settingsStamp } from "../../../transformer/program/settings-stamp";

const directory = mkdtempSync(join(tmpdir(), "zcache-build-info-"));
test.after.always(() => rmSync(directory, { recursive: true, force: true }));

function write(path: string, content: unknown): void {
  mkdirSync(dirname(join(directory, path)), { recursive: true });
  writeFileSync(
    join(directory, path),
    typeof content === "string" ? content : JSON.stringify(content),
  );
}

test("an annotated file that an incremental build compiled otherwise than tspc would now is outdated", (t) => {
  write("package.json", { name: "shop" });
  const configure = (namespace?: string): void =>
    write("tsconfig.json", { compilerOptions: { plugins: [{ name: "zcache", namespace }] } });
  write("src/a.ts", "// @zcache\nexport async function load(id: number) { return id; }\n");
  write("src/plain.ts", "export {};\n");
  write("src/a.d.ts", "// @zcache\nexport {};\n");
  configure();
  const outdated = (isBuiltByTspc = true): readonly string[] =>
    findOutdated(
      [directory, join(directory, "out"), join(directory, "missing")],
      readTsconfig(join(directory, "tsconfig.json")),
      isBuiltByTspc,
    );
  t.deepEqual(outdated(), []);
  const { options } = readTsconfig(join(directory, "tsconfig.json"));
  const built = (version: string | { version: string }): void =>
    write("out/tsconfig.tsbuildinfo", {
      fileNames: ["../src/a.ts", "../src/plain.ts", "../src/a.d.ts", "../src/gone.ts"],
      fileInfos: [version, "1234", { version: "1234" }, "1234"],
    });
  const file = join(directory, "src/a.ts");
  const stamp = settingsStamp(options, "shop.a");
  built(`1234-${stamp}`);
  t.deepEqual(outdated(), []);
  built({ version: `1234-${stamp}-fingerprint` });
  t.deepEqual(outdated(), []);
  built({ version: "1234" });
  t.deepEqual(outdated(), [file], "by plain tsc");
  t.deepEqual(outdated(false), [], "by plain tsc, as zcache build has it");
  built("1234-00000000");
  t.deepEqual(outdated(), [file], "by another version");
  t.deepEqual(outdated(false), [file], "by another version, in a project with other hosts too");
  built(`1234-${stamp}`);
  configure("v2");
  t.deepEqual(outdated(), [file], "with another namespace");
  configure();
  write("package.json", { name: "store" });
  t.deepEqual(outdated(), [file], "with another name of the package");
  write("out/tsconfig.tsbuildinfo", "{");
  t.deepEqual(outdated(), []);
});
