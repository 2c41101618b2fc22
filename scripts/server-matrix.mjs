/**
 * Runs the tests that need Redis, and chaos, on servers of several versions: `npm run servers --
 * [--only "Valkey 9.1"] [--files test/redis/backends/redis-backend.test.ts,…]`. It prints the table
 * of docs/redis.md and closes with counts.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { servers, unpackServer } from "./server-matrix.servers.mjs";

const repository = fileURLToPath(new URL("..", import.meta.url));
const unpacked = join(repository, "node_modules/.cache/zcache-servers");

/** The tests that start a redis-server. */
const tests = [
  "test/redis/**/*.test.ts",
  "test/processes/command-line/redis.test.ts",
  "test/chaos/chaos.test.ts",
];

/** Runs the tests with this server first in PATH. */
async function runTests(bin, files) {
  const startedAt = performance.now();
  const child = spawn(join(repository, "node_modules/.bin/ava"), files, {
    cwd: repository,
    env: { ...process.env, PATH: `${bin}:${process.env.PATH}`, NO_COLOR: "1" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (chunk) => (output += chunk));
  await once(child, "close");
  const count = (mark) => output.split("\n").filter((line) => line.startsWith(`  ${mark} `)).length;
  // If a file crashes or takes too long, none of its tests is reported as failed.
  const failed = Math.max(count("✘"), child.exitCode === 0 ? 0 : 1);
  return {
    passed: count("✔"),
    failed,
    seconds: Math.round((performance.now() - startedAt) / 1000),
    output,
  };
}

function versionOf(bin) {
  const child = spawn(join(bin, "redis-server"), ["--version"], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  return child.stdout.toArray().then((chunks) => /v=(\S+)/.exec(chunks.join(""))?.[1] ?? "?");
}

const { values } = parseArgs({ options: { only: { type: "string" }, files: { type: "string" } } });
const chosen = servers.filter(({ name }) => !values.only || values.only.split(",").includes(name));
if (chosen.length === 0)
  throw new Error(
    `--only is ${values.only}. Servers: ${servers.map(({ name }) => name).join(", ")}.`,
  );
const files = values.files?.split(",") ?? tests;
console.log(`${files.join(", ")} on ${chosen.map(({ name }) => name).join(", ")}`);
const rows = [];
for (const server of chosen) {
  const bin = await unpackServer(server, unpacked);
  const version = await versionOf(bin);
  const result = await runTests(bin, files);
  rows.push({
    ...result,
    server: `${server.name.split(" ")[0]} ${version}`,
    suite: server.suites[0],
  });
  console.log(
    `${server.name} (${version}): ${result.passed} passed, ${result.failed} failed, ${result.seconds} s`,
  );
  if (result.failed > 0) console.log(result.output);
}
console.log("\n| server | Debian suite | passed | failed |\n| --- | --- | --- | --- |");
for (const { server, suite, passed, failed } of rows)
  console.log(`| ${server} | ${suite} | ${passed} | ${failed} |`);
const sum = (name) => rows.reduce((total, row) => total + row[name], 0);
console.log(`\n${sum("passed")} passed, ${sum("failed")} failed`);
process.exitCode = sum("failed") === 0 ? 0 : 1;
