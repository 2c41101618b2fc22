/**
 * What the plugin adds to a build: 2,000 files, of which none, 1 % and 30 % have a cached function, built by vite and esbuild
 * and started by tsx, with the plugin and without, in turns: `node scripts/host-overhead.mjs [--rounds N] [--files N]`.
 * The least CPU time of all rounds counts, because other programs make the clock slower and not the work.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
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
const count = option("--files", 2000);
const functions = 12;

/** Some 60 lines of ordinary code: the functions are the same, annotated or not. */
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

function createProject(directory, modules, share) {
  const step = share === 0 ? Infinity : Math.round(1 / share);
  mkdirSync(join(directory, "src"), { recursive: true });
  for (let i = 0; i < count; i++) writeFileSync(join(directory, `src/file${i}.ts`), fileText(i, i % step === 0));
  const imports = Array.from({ length: count }, (_, i) => `import { load0 as load${i} } from "./file${i}";`);
  const uses = Array.from({ length: count }, (_, i) => `load${i}`);
  writeFileSync(join(directory, "src/main.ts"), `${imports.join("\n")}\nexport const all = [${uses.join(", ")}];\n`);
  writeFileSync(join(directory, "package.json"), '{ "name": "shop", "type": "module" }');
  writeFileSync(join(directory, "tsconfig.json"), '{ "compilerOptions": { "plugins": [{ "name": "zcache" }] } }');
  const choose = 'const plugins = process.env.WITH_ZCACHE ? [zcache({ typeChecks: "never" })] : [];';
  writeFileSync(
    join(directory, "vite.config.mjs"),
    `import zcache from "zcache/vite";\n${choose}\nexport default { plugins, logLevel: "error", build: { ssr: "src/main.ts", outDir: "out", minify: false } };`,
  );
  writeFileSync(
    join(directory, "esbuild.mjs"),
    `import { build } from "esbuild";\nimport zcache from "zcache/esbuild";\n${choose}\nawait build({ entryPoints: ["src/main.ts"], bundle: true, platform: "node", format: "esm", outdir: "out", packages: "external", plugins });`,
  );
  symlinkSync(modules, join(directory, "node_modules"));
}

const commands = {
  vite: () => "node node_modules/vite/bin/vite.js build",
  esbuild: () => "node esbuild.mjs",
  tsx: (isWith) => `node ${isWith ? "--import zcache/register " : ""}--import tsx src/main.ts`,
};

/** CPU and wall time of the command and all that it starts, in seconds. */
function measure(command, cwd, isWith) {
  const { stderr, status } = spawnSync("bash", ["-c", `TIMEFORMAT="TIME %U %S %R"; time ${command}`], {
    cwd,
    encoding: "utf8",
    env: { ...process.env, NODE_OPTIONS: "", TSX_DISABLE_CACHE: "1", WITH_ZCACHE: isWith ? "1" : "" },
  });
  const [user, system, wall] = (/TIME (\S+) (\S+) (\S+)/.exec(stderr) ?? []).slice(1).map(Number);
  if (status !== 0) throw new Error(`${command}\n${stderr}`);
  return { cpu: user + system, wall };
}

const directory = mkdtempSync(join(tmpdir(), "zcache-overhead-"));
process.once("exit", () => rmSync(directory, { recursive: true, force: true }));
const packed = await npm(["pack", "--json", "--ignore-scripts", "--pack-destination", directory], repository);
const tarball = join(directory, /"filename": "([^"]+)"/.exec(packed)[1]);
writeFileSync(join(directory, "package.json"), "{}");
await npm(["install", "--no-audit", "--no-fund", "--prefer-offline", tarball, "vite", "esbuild", "tsx"], directory);
const least = (all, kind) => Math.min(...all.map((one) => one[kind]));

console.log(
  "| host | annotated | CPU without | with | ratio | wall without | with | ratio |\n|---|---|---|---|---|---|---|---|",
);
for (const share of [0.01, 0.3]) {
  const project = join(directory, `project-${share}`);
  createProject(project, join(directory, "node_modules"), share);
  for (const [host, command] of Object.entries(commands)) {
    const plain = [];
    const cached = [];
    for (let round = 0; round < rounds; round++) {
      plain.push(measure(command(false), project, false));
      cached.push(measure(command(true), project, true));
    }
    const columns = ["cpu", "wall"].flatMap((kind) => {
      const [before, after] = [least(plain, kind), least(cached, kind)];
      return [before.toFixed(2), after.toFixed(2), (after / before).toFixed(3)];
    });
    console.log(`| ${[host, `${share * 100} %`, ...columns].join(" | ")} |`);
  }
}
