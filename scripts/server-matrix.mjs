/**
 * Runs the tests that need Redis on servers of several versions, and prints the tables of
 * docs/redis.md. It closes with counts.
 *
 *   npm run servers                     all of these tests, chaos among them, on each server
 *   npm run servers -- --only "Valkey 9.1" --files test/redis/backends/redis-backend.test.ts
 *   npm run servers -- --node 24        the same with another version of Node
 *   npm run servers -- --pairs          each pair of a client, a server and a version of Node
 *   npm run servers -- --pairs --only "Valkey 9.1" --client "node-redis 6"
 *
 * Files are separated by commas, and so are names of servers.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { nodes, unpackNode } from "./server-matrix.nodes.mjs";
import { pair } from "./server-matrix.pairs.mjs";
import { servers, unpackServer } from "./server-matrix.servers.mjs";

const repository = fileURLToPath(new URL("..", import.meta.url));
const cache = join(repository, "node_modules/.cache");

/** The tests that start a redis-server. */
const allTests = [
  "test/redis/**/*.test.ts",
  "test/processes/command-line/redis.test.ts",
  "test/chaos/chaos.test.ts",
];

/** The clients, by the word that the titles of their tests begin with. */
const clients = ["ioredis", "iovalkey", "node-redis 5", "node-redis 6"];

/** The tests that are made for each client. */
const testsOfClients = [
  "test/redis/clients/*.test.ts",
  "test/redis/backends/redis-frozen-server.test.ts",
  "test/redis/backends/tier-on-cluster.test.ts",
];

/** The contract has a file of its own for ioredis, which is also used to try the forms of SET. */
const testsOfIoredis = [
  "test/redis/backends/redis-backend.test.ts",
  "test/redis/backends/redis-commands.test.ts",
  "test/redis/backends/set-forms/*.test.ts",
];

/** Runs AVA on this version of Node, with the folder of this server first in PATH. */
async function runTests(bin, program, args) {
  const startedAt = performance.now();
  const child = spawn(
    program,
    [join(repository, "node_modules/ava/entrypoints/cli.mjs"), ...args],
    {
      cwd: repository,
      env: { ...process.env, PATH: `${bin}:${process.env.PATH}`, NO_COLOR: "1" },
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
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

async function runOn({ server, node }, args) {
  const bin = await unpackServer(server, join(cache, "zcache-servers"));
  return runTests(bin, await unpackNode(node, join(cache, "zcache-nodes")), args);
}

/** Runs the tests of one client, and tells what failed. */
async function runPair(row) {
  const { server, client, node } = row;
  const runs = [await runOn(row, [...testsOfClients, "--match", `${client}*`])];
  if (client === "ioredis") runs.push(await runOn(row, testsOfIoredis));
  const [passed, failed, seconds] = ["passed", "failed", "seconds"].map((name) => sum(runs, name));
  console.log(
    `${server.name}, ${client}, Node ${node}: ${passed} passed, ${failed} failed, ${seconds} s`,
  );
  for (const { failed, output } of runs) if (failed > 0) console.log(output);
  return { ...row, passed, failed };
}

async function runPairs({ chosen, client }) {
  const rows = [];
  for (const row of pair(servers, clients, nodes))
    if (chosen.includes(row.server) && (!client || client === row.client))
      rows.push(await runPair(row));
  const columns = clients.filter((name) => !client || client === name);
  console.log(
    `\n| server | ${columns.join(" | ")} |\n| --- |${columns.map(() => " --- |").join("")}`,
  );
  for (const server of chosen) {
    const cells = rows.filter((row) => row.server === server).map(describeCell);
    console.log(`| ${server.name} | ${cells.join(" | ")} |`);
  }
  return rows;
}

function describeCell({ node, passed, failed }) {
  return `Node ${node}: ${passed} passed${failed > 0 ? `, ${failed} failed` : ""}`;
}

async function runServers({ chosen, files, node }) {
  console.log(
    `${files.join(", ")} on ${chosen.map(({ name }) => name).join(", ")} with Node ${node}`,
  );
  const rows = [];
  for (const server of chosen) {
    const result = await runOn({ server, node }, files);
    const version = await versionOf(await unpackServer(server, join(cache, "zcache-servers")));
    rows.push({ ...result, server, version });
    const { passed, failed, seconds, output } = result;
    console.log(`${server.name} (${version}): ${passed} passed, ${failed} failed, ${seconds} s`);
    if (failed > 0) console.log(output);
  }
  console.log("\n| server | Debian suite | passed | failed |\n| --- | --- | --- | --- |");
  for (const { server, version, passed, failed } of rows)
    console.log(
      `| ${server.name.split(" ")[0]} ${version} | ${server.suites[0]} | ${passed} | ${failed} |`,
    );
  return rows;
}

function versionOf(bin) {
  const child = spawn(join(bin, "redis-server"), ["--version"], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  return child.stdout.toArray().then((chunks) => /v=(\S+)/.exec(chunks.join(""))?.[1] ?? "?");
}

function sum(rows, name) {
  return rows.reduce((total, row) => total + row[name], 0);
}

/** Checks that each name is one of these. */
function demand(option, names, known) {
  for (const name of names)
    if (!known.includes(name))
      throw new Error(`--${option} has ${name}. It can be: ${known.join(", ")}.`);
}

const { values } = parseArgs({
  options: {
    only: { type: "string" },
    files: { type: "string" },
    node: { type: "string", default: process.versions.node.split(".")[0] },
    pairs: { type: "boolean", default: false },
    client: { type: "string" },
  },
});
const names = servers.map(({ name }) => name);
const only = values.only?.split(",") ?? names;
demand("only", only, names);
demand("node", [values.node], nodes);
if (values.client) demand("client", [values.client], clients);
const chosen = servers.filter(({ name }) => only.includes(name));
const rows = values.pairs
  ? await runPairs({ chosen, client: values.client })
  : await runServers({ chosen, node: values.node, files: values.files?.split(",") ?? allTests });
console.log(`\nmatrix: ${sum(rows, "passed")} passed, ${sum(rows, "failed")} failed`);
process.exitCode = sum(rows, "failed") === 0 ? 0 : 1;
