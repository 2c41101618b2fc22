/**
 * Packs zcache and installs it as a user does, into an empty project for each combination of
 * compiler, patch, client and Node: compiles for CommonJS and for ES modules, and runs the result
 * on the memory backend and on a real Redis. Every pair of versions that can be used together is in
 * one of the combinations.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { isDeepStrictEqual } from "node:util";
import { brokenDiagnostics, createFiles, expected } from "./matrix.project.mjs";
import { startRedis } from "./redis-server.mjs";

const repository = fileURLToPath(new URL("..", import.meta.url));

// ts-patch 4 requires Node 22.15 and TypeScript 6.
const combinations = [
  { node: 20, typescript: "5.5", tsPatch: "3.3", ioredis: 5 },
  { node: 20, typescript: "5.9", tsPatch: "3.3", ioredis: 6 },
  { node: 20, typescript: "6.0", tsPatch: "3.3", ioredis: 5 },
  { node: 24, typescript: "5.5", tsPatch: "3.3", ioredis: 6 },
  { node: 24, typescript: "5.9", tsPatch: "3.3", ioredis: 5 },
  { node: 24, typescript: "6.0", tsPatch: "4.0", ioredis: 6 },
];
const atOnce = 2;

async function tryCombination(combination, { directory, tarball, redisUrl }) {
  const startedAt = performance.now();
  const project = mkdtempSync(join(directory, "project-"));
  const node = await install(project, tarball, combination);
  const installedAt = performance.now();
  const checks = [];
  for (const format of ["commonjs", "module"]) {
    checks.push(...(await tryFormat(join(project, format), format, node, redisUrl)));
  }
  const seconds = (from, to) => ((to - from) / 1000).toFixed(1);
  return {
    checks,
    install: seconds(startedAt, installedAt),
    rest: seconds(installedAt, performance.now()),
  };
}

/** Installs a combination, and returns the path of the Node to run. */
async function install(project, tarball, { node, typescript, tsPatch, ioredis }) {
  const isOwn = process.versions.node.startsWith(`${node}.`);
  const packages = [
    tarball,
    `typescript@${typescript}`,
    `ts-patch@${tsPatch}`,
    `ioredis@${ioredis}`,
    "@types/node@20",
    ...(isOwn ? [] : [`node@${node}`]),
  ];
  writeFileSync(join(project, "package.json"), JSON.stringify({ name: "smoke", private: true }));
  const { code, output } = await run(
    "npm",
    ["install", "--no-audit", "--no-fund", "--prefer-offline", ...packages],
    project,
  );
  if (code !== 0) throw new Error(`npm install ${packages.join(" ")} failed:\n${output}`);
  return isOwn ? process.execPath : join(project, "node_modules/node/bin/node");
}

async function tryFormat(directory, format, node, redisUrl) {
  for (const [path, text] of createFiles(format)) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), text);
  }
  const tspc = join(directory, "../node_modules/ts-patch/bin/tspc.js");
  const check = (name, isTrue, output) => ({ name: `${format}: ${name}`, isTrue, output });

  const compiled = await run(node, [tspc, "-p", "tsconfig.json"], directory);
  const broken = await run(node, [tspc, "-p", "tsconfig.broken.json", "--noEmit"], directory);
  const printed = broken.output.split(/\r?\n/).filter((line) => / TS\d+: /.test(line));
  const runOn = async (backend, env) => {
    const { code, output } = await run(node, ["out/main.js"], directory, env);
    const line = output.split("\n").find((one) => one.startsWith("{"));
    const isExpected =
      code === 0 && line !== undefined && isDeepStrictEqual(JSON.parse(line), expected(backend));
    return check(`calls, loads and keys on ${backend}`, isExpected, output);
  };
  return [
    check("compiles", compiled.code === 0, compiled.output),
    check(
      "prints the problems",
      broken.code !== 0 && isDeepStrictEqual(printed, brokenDiagnostics),
      broken.output,
    ),
    await runOn("memory", {}),
    await runOn("redis", { REDIS_URL: redisUrl, REDIS_PREFIX: `${directory}:` }),
  ];
}

async function run(command, args, cwd, env = {}) {
  const child = spawn(command, args, {
    cwd,
    env: { ...process.env, NO_COLOR: "1", ...env },
    stdio: ["ignore", "pipe", "pipe"],
    shell: command === "npm" && process.platform === "win32",
    timeout: 240_000,
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (chunk) => (output += chunk));
  const [code] = await once(child, "close");
  return { code, output };
}

/** Prints a row for each combination as soon as it is finished. */
async function tryAll(place) {
  const waiting = [...combinations];
  const checks = [];
  const work = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const combination = next;
      const result = await tryCombination(combination, place).catch((error) => ({
        checks: [{ name: "installs", isTrue: false, output: error.message }],
        install: "–",
        rest: "–",
      }));
      printRow(combination, result);
      checks.push(...result.checks.map((check) => ({ ...check, combination })));
    }
  };
  printLine(head);
  await Promise.all(Array.from({ length: atOnce }, work));
  return checks;
}

const head = ["Node", "TypeScript", "ts-patch", "ioredis", "checks", "install", "compile and run"];

function printRow({ node, typescript, tsPatch, ioredis }, { checks, install, rest }) {
  const good = checks.filter(({ isTrue }) => isTrue).length;
  printLine([
    node,
    typescript,
    tsPatch,
    ioredis,
    `${good} of ${checks.length}`,
    `${install} s`,
    `${rest} s`,
  ]);
}

function printLine(cells) {
  console.log(
    cells
      .map((cell, i) => `${cell}`.padEnd(head[i].length + 2))
      .join("")
      .trimEnd(),
  );
}

/** Prints the failures and their count, and returns the count. */
function report(checks) {
  const failed = checks.filter(({ isTrue }) => !isTrue);
  for (const { name, output, combination } of failed) {
    const { node, typescript, tsPatch, ioredis } = combination;
    const versions = `Node ${node}, TypeScript ${typescript}, ts-patch ${tsPatch}, ioredis ${ioredis}`;
    console.log(`\n✗ ${versions}, ${name}\n${output.trim()}`);
  }
  console.log(`matrix: ${checks.length - failed.length} passed, ${failed.length} failed`);
  return failed.length;
}

async function main() {
  const directory = mkdtempSync(join(tmpdir(), "zcache-matrix-"));
  // npm and the compilers may still be at work when a signal ends this process.
  process.once("exit", () => rmSync(directory, { recursive: true, force: true, maxRetries: 5 }));
  const redis = await startRedis();
  try {
    const packed = await run(
      "npm",
      ["pack", "--json", "--ignore-scripts", "--pack-destination", directory],
      repository,
    );
    if (packed.code !== 0) throw new Error(`npm pack failed:\n${packed.output}`);
    const [, filename] = /"filename": "([^"]+)"/.exec(packed.output);
    return report(
      await tryAll({ directory, tarball: join(directory, filename), redisUrl: redis.url }),
    );
  } finally {
    redis.stop();
  }
}

for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => process.exit(1));
process.exitCode = (await main()) === 0 ? 0 : 1;
