/** `npm run bench` compares zcache, hand-written code and the peers. See docs/performance.md. */
import { writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { parseOptions } from "./harness/options.mjs";
import { prepare, root } from "./harness/prepare.mjs";

const options = parseOptions(process.argv.slice(2));
const { works } = await import("./works.mjs");
const parts = [
  "stampede",
  "stampede-8",
  "function-memory",
  "imports",
  "curve-callers",
  "curve-sizes",
  "curve-memory",
];
const computeNames = ["key-number", "key-word", "key-nested", "encode", "decode"];
const names = [...works.map(({ name }) => name), ...computeNames, ...parts];
if (options.list) {
  process.stdout.write(`${names.join("\n")}\n`);
  process.exit(0);
}
const wanted = new Set(
  names.filter(
    (name) => options.wants(name) && !(options.quick && !options.only && name.startsWith("curve")),
  ),
);
if (wanted.size === 0)
  throw new Error(`--only names nothing that exists. Names: ${names.join(", ")}.`);

prepare(options);
// The modules can be imported only after `prepare` has built them.
const { loadContenders, noise, own, versionOf } = await import("./harness/contenders.mjs");
const { computeWorks } = await import("./harness/compute.mjs");
const { measureCallers, measureMemory, measureSizes } = await import("./harness/curves.mjs");
const { measureFunctionMemory, measureImports } = await import("./harness/footprint.mjs");
const { measureRow } = await import("./harness/rows.mjs");
const { startClusterServer, startServer } = await import("./harness/servers.mjs");
const { measureStampede, measureStampedes } = await import("./harness/stampede.mjs");
const { formatSummary, formatWork, summarize } = await import("./harness/table.mjs");
const { drawChart } = await import("./harness/chart.mjs");
const { drawOverview } = await import("./harness/overview.mjs");

const print = (text) => process.stdout.write(`${text}\n`);
/** Returns the command as another user would run it, without the paths of this machine. */
const told = process.argv
  .slice(2)
  .filter((argument, i, all) => argument !== "--json" && all[i - 1] !== "--json");
const command = ["npm run bench", ...(told.length > 0 ? ["--", ...told] : [])].join(" ");
const modules = await loadContenders(options);
const server = await startServer();
const redisVersion = await askVersion(server);
const machine = `${cpus().length} × ${cpus()[0].model.trim()}, Node ${process.versions.node}, Redis ${redisVersion}, ${new Date().toISOString().slice(0, 10)}`;
const contenders = Object.keys(modules).filter((name) => name !== noise);
print(
  `${machine}\n${command}\n${contenders.map((name) => (name === "hand-written" ? name : `${name} ${versionOf(name)}`)).join(", ")}`,
);

const report = { machine, command, rows: {}, stampede: {}, curves: {} };
const summary = [];

for (const work of works.filter(({ name }) => wanted.has(name))) {
  const cluster = work.cluster ? await startClusterServer() : null;
  const results = await measureRow(work, cluster ?? server, options).finally(() => cluster?.stop());
  show(work, results);
}
for (const work of computeWorks().filter(({ name }) => wanted.has(name)))
  show(work, await measureRow(work, server, options));

for (const [name, title, goal, measure] of [
  ["stampede", "1000 callers of one cold key, one process", "1 load, ≤ 5", measureStampede],
  ["stampede-8", "1000 callers each, 8 processes", "1 load", measureStampedes],
]) {
  if (!wanted.has(name)) continue;
  const results = await measure(modules, server);
  report.stampede[name] = results;
  print(`\n${title}`);
  for (const [contender, { loads, commands, names }] of Object.entries(results)) {
    const detail = Object.entries(names)
      .map(([command, count]) => `${command} ${count}`)
      .join(", ");
    print(
      `${contender.padEnd(22)} ${String(loads).padStart(6)} loads ${String(commands).padStart(7)} commands   ${detail}`.slice(
        0,
        120,
      ),
    );
  }
  const { loads, commands } = results[own];
  const met = loads === 1 && (name !== "stampede" || commands <= 5) ? "yes" : "no";
  summary.push({ title, value: `${loads} / ${commands}`, goal, met, floor: "", best: "" });
}

if (wanted.has("function-memory")) {
  report.functionMemory = measureFunctionMemory();
  const { bytes, functions } = report.functionMemory;
  print(
    `\nA cached function that is never called: ${bytes.toFixed(0)} bytes (of ${functions} functions, against the same without a directive)`,
  );
  summary.push({
    title: "memory of a function never called",
    value: `${bytes.toFixed(0)} B`,
    goal: "≤ 700 B",
    met: bytes <= 700 ? "yes" : "no",
    floor: "",
    best: "",
  });
}
if (wanted.has("imports")) {
  report.imports = measureImports();
  print("\nImport, in a fresh process, median of 20");
  for (const [name, { ms, cpuMs, files }] of Object.entries(report.imports)) {
    print(
      `${name.padEnd(22)} ${ms.toFixed(1).padStart(6)} ms ${cpuMs.toFixed(1).padStart(6)} ms of CPU ${String(files).padStart(6)} files`,
    );
  }
  const { ms } = report.imports.zcache;
  summary.push({
    title: "import of the runtime",
    value: `${ms.toFixed(1)} ms`,
    goal: "≤ 10 ms",
    met: ms <= 10 ? "yes" : "no",
    floor: "",
    best: "",
  });
}

const curves = [
  ["curve-callers", "Hits a second, over callers in flight", "hits/s", measureCallers],
  [
    "curve-sizes",
    "Hits a second, over the size of the value in bytes, 8 in flight",
    "hits/s",
    measureSizes,
  ],
  [
    "curve-memory",
    "Memory for each key of a cache in this process, over the number of keys",
    "bytes",
    measureMemory,
  ],
].filter(([name]) => wanted.has(name));
for (const [name, title, unit, measure] of curves) {
  const lines = await measure(modules, server);
  report.curves[name] = { title, unit, lines };
  print(`\n${title}`);
  for (const [contender, points] of Object.entries(lines))
    print(contender.padEnd(22) + points.map(({ y }) => y.toFixed(0).padStart(10)).join(""));
}

print(formatSummary(summary));
if (options.json) writeFileSync(options.json, JSON.stringify(report, null, 2));
// A chart of a partial run would replace the complete one.
if (!options.only && !options.quick) {
  writeFileSync(`${root}docs/benchmark-details.svg`, draw());
  const figures = takeFigures();
  writeFileSync(`${root}bench/figures.json`, `${JSON.stringify(figures, null, 2)}\n`);
  writeFileSync(`${root}docs/benchmark.svg`, drawOverview(figures));
}
await server.stop();
process.exit(0);

function show(work, results) {
  report.rows[work.name] = results;
  print(formatWork(work, results));
  summary.push(summarize(work, results));
}

/** Returns the data of the overview, so that it can be drawn again without another run. */
function takeFigures() {
  const others = Object.keys(modules).filter((name) => ![noise, "hand-written"].includes(name));
  const rows = works.map(({ name, title }) => ({
    title,
    ratios: Object.fromEntries(
      others.flatMap((other) => {
        const result = report.rows[name][other];
        return result ? [[other, Number(result.ratio.toFixed(3))]] : [];
      }),
    ),
  }));
  const [taken, ...where] = machine.split(", ").reverse();
  return { taken, machine: where.reverse().join(", "), rounds: options.rounds, rows };
}

function draw() {
  const rows = works.map(({ name, title }) => ({
    label: title,
    values: Object.entries(report.rows[name])
      .filter(([contender]) => contender !== noise && contender !== "hand-written")
      .map(([contender, { ratio }]) => ({ name: contender, value: ratio })),
  }));
  return drawChart({
    title: "zcache and its peers: time against hand-written ioredis code",
    notes: [
      `${machine}. ${command}: medians of ${options.rounds} interleaved rounds, peers in every fifth of them.`,
      "Shorter is faster, and 1× is the hand-written code.",
    ],
    bars: { title: "Time against hand-written code (logarithmic)", rows },
    curves: Object.values(report.curves),
    order: ["zcache", ...contenders.filter((name) => name !== own)],
  });
}

async function askVersion({ connect }) {
  const redis = connect();
  const info = await redis.info("server");
  redis.disconnect();
  return /redis_version:(\S+)/.exec(info)[1];
}
