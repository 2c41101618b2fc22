import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import test from "ava";

const repository = resolve(__dirname, "../../..");
const directory = mkdtempSync(join(tmpdir(), "zcache-pack-"));
test.after.always(() => rmSync(directory, { recursive: true, force: true }));

const tarball = pack();

function pack(): { path: string; files: string[] } {
  const args = ["pack", "--json", "--ignore-scripts", "--pack-destination", directory];
  const printed = execFileSync("npm", args, {
    cwd: repository,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  });
  const [packed] = JSON.parse(printed) as [{ filename: string; files: { path: string }[] }];
  return { path: join(directory, packed.filename), files: packed.files.map(({ path }) => path) };
}

/**
 * Checks the tarball with a separate tool, and returns what the tool prints if it finds a fault.
 */
function complaintsOf(tool: string, ...args: string[]): string {
  const binary = join(repository, "node_modules", tool);
  try {
    execFileSync(process.execPath, [binary, ...args], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
    });
    return "";
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string };
    return stdout + stderr;
  }
}

test("the tarball holds what users need, and nothing else", (t) => {
  const others = tarball.files.filter(
    (path) =>
      !/^(dist\/(runtime|transformer|studio)\/.+\.(js|mjs|d\.ts|d\.mts)|docs\/.+\.md)$/.test(path),
  );
  const charts = ["docs/benchmark-details.svg", "docs/benchmark.svg"];
  const page = [
    "dist/studio/page/app-HASH.css",
    "dist/studio/page/index.html",
    "dist/studio/page/manifest.json",
  ];
  t.deepEqual(
    others.map((path) => path.replace(/-\w{8}\.css$/, "-HASH.css")).toSorted(),
    [
      "CHANGELOG.md",
      "LICENSE",
      "README.md",
      ...page,
      ...charts,
      "dist/transformer/code-hash.txt",
      "package.json",
    ].toSorted(),
  );
});

test("whatever package.json names is in the tarball", (t) => {
  const { main, types, bin, exports } = JSON.parse(
    readFileSync(join(repository, "package.json"), "utf8"),
  ) as Record<string, unknown>;
  const named = JSON.stringify([main, types, bin, exports]).match(/\.\/[^"]+\.[^"]+/g) ?? [];
  t.deepEqual(
    named.filter((path) => !tarball.files.includes(path.slice(2))),
    [],
  );
});

test("publint finds nothing", (t) => {
  t.is(complaintsOf("publint/src/cli.js", "run", tarball.path, "--strict"), "");
});

test("the types resolve in every way to resolve modules", (t) => {
  t.is(
    complaintsOf("@arethetypeswrong/cli/dist/index.js", tarball.path, "--no-color", "--no-emoji"),
    "",
  );
});
