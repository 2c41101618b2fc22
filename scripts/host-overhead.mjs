/**
 * Measures what the plugin adds to a build: 2,000 files, of which 1 % and 30 % have cached
 * functions, built by vite and esbuild and started by tsx, with the plugin and without, in turns:
 * `node scripts/host-overhead.mjs [--rounds N] [--files N] [--only HOST]`. With `--native` it is
 * 300 files, compiled by TypeScript 7's tsc and by `zcache build`. A first build finds nothing of
 * an earlier one on disk, neither zcache's nor tsx's; a second one does. With
 * `--without-type-checks` the plugins run none. The least CPU time of all rounds counts, because
 * other programs make the clock slower and not the work.
 */
import { spawn } from "node:child_process";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { npm } from "./host-matrix.process.mjs";

const repository = fileURLToPath(new URL("..", import.meta.url));
const option = (name, fallback) => {
  const at = process.argv.indexOf(name);
  return at < 0 ? fallback : Number(process.argv[at + 1]);
};
const rounds = option("--rounds", 3);
const isNative = process.argv.includes("--native");
const typeChecks = process.argv.includes("--without-type-checks") ? "never" : "build";
const only = process.argv[process.argv.indexOf("--only") + 1];
const count = option("--files", isNative ? 300 : 2000);
const functions = 12;

/** Some 60 lines of ordinary code. The functions are the same, annotated or not. */
function fileText(i, isAnnotated) {
  const own = Array.from({ length: functions }, (_, j) => {
    const directive = isAnnotated && j < 2 ? `// @zcache ttl: 10m, tags: ["row:{id}"]\n` : "";
    return `${directive}export async function load${j}(id: number, name: string): Promise<{ id: number; name: string }> {
  const parts = name.split("-").map((part) => part.trim()).filter((part) => part !== "");
  return { id: id + ${i}, name: parts.join(" ") };
}
`;
  });
  return `export interface Row${i} { readonly id: number; readonly name: string }\n${own.join("\n")}`;
}

/** esbuild compiles in a process that `time` does not count, because nobody waits for its end. */
const printChildren = `
import { readdirSync, readFileSync } from "node:fs";
for (const thread of process.platform === "linux" ? readdirSync("/proc/self/task") : []) {
  const children = readFileSync("/proc/self/task/" + thread + "/children", "utf8").match(/\\d+/g) ?? [];
  for (const child of children) {
    const [user, system] = readFileSync("/proc/" + child + "/stat", "utf8").split(") ")[1].split(" ").slice(11);
    console.log("CHILD " + (Number(user) + Number(system)) / 100);
  }
}`;

function createProject(directory, modules, share) {
  const step = share === 0 ? Infinity : Math.round(1 / share);
  mkdirSync(join(directory, "src"), { recursive: true });
  for (let i = 0; i < count; i++)
    writeFileSync(join(directory, `src/file${i}.ts`), fileText(i, i % step === 0));
  const imports = Array.from(
    { length: count },
    (_, i) => `import { load0 as load${i} } from "./file${i}${isNative ? ".js" : ""}";`,
  );
  const uses = Array.from({ length: count }, (_, i) => `load${i}`);
  writeFileSync(
    join(directory, "src/main.ts"),
    `${imports.join("\n")}\nexport const all = [${uses.join(", ")}];\n`,
  );
  writeFileSync(join(directory, "package.json"), '{ "name": "shop", "type": "module" }');
  const compilerOptions = {
    ...{
      rootDir: "src",
      outDir: "out",
      target: "es2022",
      module: "nodenext",
      strict: true,
      declaration: true,
    },
    ...{ sourceMap: true, skipLibCheck: true, types: ["node"], plugins: [{ name: "zcache" }] },
  };
  writeFileSync(
    join(directory, "tsconfig.json"),
    JSON.stringify({ compilerOptions, include: ["src"] }),
  );
  const choose = `const plugins = process.env.WITH_ZCACHE ? [zcache({ typeChecks: "${typeChecks}" })] : [];`;
  writeFileSync(
    join(directory, "vite.config.mjs"),
    `import zcache from "zcache/vite";\n${choose}\nexport default { plugins, logLevel: "error", build: { ssr: "src/main.ts", outDir: "out", minify: false } };`,
  );
  writeFileSync(
    join(directory, "esbuild.mjs"),
    `import { build } from "esbuild";\nimport zcache from "zcache/esbuild";\n${choose}\nawait build({ entryPoints: ["src/main.ts"], bundle: true, platform: "node", format: "esm", outdir: "out", packages: "external", plugins });\n${printChildren}`,
  );
  symlinkSync(modules, join(directory, "node_modules"));
}

const nativeCommands = {
  "TypeScript 7": (isWith) =>
    isWith
      ? "node node_modules/zcache/dist/transformer/command-line/main.js build"
      : "node node_modules/typescript/bin/tsc",
};

const commands = {
  vite: () => "node node_modules/vite/bin/vite.js build",
  esbuild: () => "node esbuild.mjs",
  tsx: (isWith) => `node ${isWith ? "--import zcache/register " : ""}--import tsx src/main.ts`,
};

/** Returns the CPU and wall time of the command and everything that it starts, in seconds. */
async function measure(command, cwd, isWith) {
  const child = spawn("bash", ["-c", `TIMEFORMAT="TIME %U %S %R"; time ${command}`], {
    cwd,
    // A session of its own, by which everything that it starts is found.
    detached: true,
    // tsx keeps what it has compiled in the folder for temporary files.
    env: { ...process.env, NODE_OPTIONS: "", TMPDIR: temporary, WITH_ZCACHE: isWith ? "1" : "" },
  });
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (text) => (stderr += text));
  child.stdout.resume();
  // The compiler that the checks ask is ended by them and waited for by nobody: the shell doesn't
  // count its time.
  const ofServers = new Map();
  const look = setInterval(() => {
    for (const [pid, seconds] of serversOf(child.pid)) ofServers.set(pid, seconds);
  }, 10);
  const status = await new Promise((done) => child.once("close", done));
  clearInterval(look);
  const [user, system, wall] = (/TIME (\S+) (\S+) (\S+)/.exec(stderr) ?? []).slice(1).map(Number);
  if (status !== 0) throw new Error(`${command}\n${stderr}`);
  const servers = [...ofServers.values()].reduce((sum, seconds) => sum + seconds, 0);
  return { cpu: user + system + servers, wall };
}

const ticksASecond = 100;

/** Finds the processes of TypeScript 7's API in a session, with the CPU seconds that they took. */
function serversOf(session) {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const fields = readFileSync(`/proc/${pid}/stat`, "utf8")
          .replace(/^.*\) /, "")
          .split(" ");
        if (Number(fields[3]) !== session) return [];
        if (!readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("\0--api")) return [];
        return [[pid, (Number(fields[11]) + Number(fields[12])) / ticksASecond]];
      } catch {
        // It has ended.
        return [];
      }
    });
}

function forgetBuilds(project) {
  rmSync(join(directory, "node_modules/.cache"), { recursive: true, force: true });
  rmSync(join(project, "out"), { recursive: true, force: true });
  rmSync(temporary, { recursive: true, force: true });
  mkdirSync(temporary);
}

const directory = mkdtempSync(join(tmpdir(), "zcache-overhead-"));
const temporary = join(directory, "tmp");
process.once("exit", () => rmSync(directory, { recursive: true, force: true }));
const packages = isNative ? ["typescript@7", "@types/node@20"] : ["vite", "esbuild", "tsx"];
const packed = await npm(
  ["pack", "--json", "--ignore-scripts", "--pack-destination", directory],
  repository,
);
const tarball = join(directory, /"filename": "([^"]+)"/.exec(packed)[1]);
writeFileSync(join(directory, "package.json"), "{}");
await npm(
  ["install", "--no-audit", "--no-fund", "--prefer-offline", tarball, ...packages],
  directory,
);
const least = (all, kind) => Math.min(...all.map((one) => one[kind]));

console.log(
  "| host | annotated | build | CPU without | with | ratio | clock without | with | ratio |\n|---|---|---|---|---|---|---|---|---|",
);
for (const share of [0.01, 0.3]) {
  const project = join(directory, `project-${share}`);
  createProject(project, join(directory, "node_modules"), share);
  for (const [host, command] of Object.entries(isNative ? nativeCommands : commands)) {
    if (process.argv.includes("--only") && host !== only) continue;
    const measured = { first: { plain: [], cached: [] }, second: { plain: [], cached: [] } };
    for (let round = 0; round < rounds; round++) {
      for (const kind of ["plain", "cached"]) {
        forgetBuilds(project);
        for (const build of ["first", "second"])
          measured[build][kind].push(
            await measure(command(kind === "cached"), project, kind === "cached"),
          );
      }
    }
    for (const [build, { plain, cached }] of Object.entries(measured)) {
      const columns = ["cpu", "wall"].flatMap((kind) => {
        const [before, after] = [least(plain, kind), least(cached, kind)];
        return [before.toFixed(2), after.toFixed(2), (after / before).toFixed(2)];
      });
      console.log(`| ${[host, `${share * 100} %`, build, ...columns].join(" | ")} |`);
    }
  }
}
