/**
 * Packs zcache, installs it as a user does, and runs the runtime's tests against what was
 * installed: the bundle, and not the files that it is made of. `npm run test:package [-- FILE …]`,
 * after `npm run build`.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const directory = mkdtempSync(join(tmpdir(), "zcache-package-"));
process.once("exit", () => rmSync(directory, { recursive: true, force: true, maxRetries: 5 }));
for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => process.exit(130));

function npm(cwd, ...args) {
  const { status, stdout, stderr } = spawnSync("npm", args, {
    cwd,
    encoding: "utf8",
    shell: process.platform === "win32",
  });
  if (status !== 0) throw new Error(`npm ${args.join(" ")} failed:\n${stdout}${stderr}`);
  return stdout;
}

const [{ filename }] = JSON.parse(
  npm(root, "pack", "--json", "--ignore-scripts", "--pack-destination", directory),
);
writeFileSync(join(directory, "package.json"), JSON.stringify({ name: "user", private: true }));
npm(
  directory,
  "install",
  "--no-audit",
  "--no-fund",
  "--prefer-offline",
  "--omit=peer",
  join(directory, filename),
);

const ava = [
  "node_modules/ava/entrypoints/cli.mjs",
  "--config",
  "ava.package.config.cjs",
  ...process.argv.slice(2),
];
const { status } = spawnSync(process.execPath, ava, {
  cwd: root,
  stdio: "inherit",
  env: { ...process.env, ZCACHE_PACKAGE: join(directory, "node_modules/zcache") },
});
process.exitCode = status ?? 1;
