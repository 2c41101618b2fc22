/**
 * Builds one small project in every place where TypeScript is built, with the packed zcache and the
 * newest versions on npm, and runs it: `node scripts/host-matrix.mjs [--only NAME,NAME] [--modules
 * FOLDER] [--keep] [--quiet]`. Each host is asked for the same result, and keys, as tspc's, in
 * which two calls are one load; for the exact place in a stack, of a breakpoint and in a report of
 * coverage; to show both of two mistakes with their places, and to fail; to fail where only a check
 * with types finds the mistake; and, where it watches or serves, to run an edited body and to
 * survive a mistake. Prints the table of docs/hosts.md.
 */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { isDeepStrictEqual } from "node:util";
import { hosts } from "./host-matrix.hosts.mjs";
import { npm, resultIn, run, start, stopAt, until } from "./host-matrix.process.mjs";
import {
  baseTsconfig,
  broken,
  brokenPlaces,
  edited,
  expected,
  files,
  leaking,
  mistaken,
  tsconfig,
} from "./host-matrix.project.mjs";

const repository = fileURLToPath(new URL("..", import.meta.url));

function write(directory, all) {
  for (const [path, content] of Object.entries(all)) {
    if (content === undefined) continue;
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(
      join(directory, path),
      typeof content === "string" ? content : JSON.stringify(content, null, 2),
    );
  }
}

/** Adds extensions, because Node resolves no import without its extension. */
function withExtensions(all, extension) {
  return Object.fromEntries(
    Object.entries(all).map(([path, text]) => [
      path,
      text.replaceAll(/from "(\.[^"]+)"/g, `from "$1${extension}"`),
    ]),
  );
}

/** The folders of packages of hosts that are installed by themselves, by what they share. */
const installed = new Map();

/** A project as its host's own generator makes it, with the packages that are installed in it. */
async function generate(host, directory, tarball) {
  const project = join(directory, "shop");
  if (host.generator) await run(host.generator, directory, { ...host.env, CI: "" });
  mkdirSync(project, { recursive: true });
  const manifest = host.generator
    ? readJson(project)("package.json")
    : { name: "shop", private: true, type: host.type ?? "module" };
  for (const name of Object.keys(manifest.devDependencies ?? {}))
    if (host.needless?.test(name)) delete manifest.devDependencies[name];
  write(project, { "package.json": manifest });
  const known = installed.get(host.own);
  if (known) symlinkSync(known, join(project, "node_modules"));
  else installed.set(host.own, join(project, "node_modules"));
  if (known) return project;
  await npm(
    ["install", "--no-audit", "--no-fund", "--prefer-offline", tarball, ...(host.packages ?? [])],
    project,
  );
  return project;
}

/** The user's files, and the project's own files, which replace those of the generator. */
function createProject(host, project) {
  const type = "type" in host ? host.type : "module";
  const own = host.extensions ? withExtensions(files, host.extensions) : { ...files };
  // If a server answers, it has a main file of its own.
  if (host.url) delete own["src/main.ts"];
  const inPlace = Object.fromEntries(
    Object.entries(own).map(([path, text]) => [join(host.at ?? "", path), text]),
  );
  write(project, {
    ...(!host.own && { "package.json": { name: "shop", private: true, type } }),
    ...(!host.generator && { "tsconfig.json": tsconfig, "tsconfig.base.json": baseTsconfig }),
    ...inPlace,
    ...(typeof host.files === "function" ? host.files(readJson(project)) : host.files),
  });
  for (const path of host.without ?? [])
    rmSync(join(project, path), { recursive: true, force: true });
  return own;
}

/** Reads what the generator has made, to change something in it. */
function readJson(project) {
  return (path) =>
    JSON.parse(
      readFileSync(join(project, path), "utf8")
        .replaceAll(/^\s*\/\/.*$/gm, "")
        .replaceAll(/,(\s*[}\]])/g, "$1"),
    );
}

/** Builds, and runs what was built, or asks the server that runs it. */
async function runAll(host, project) {
  const built = host.build ? await run(host.build, project, host.env) : { code: 0, output: "" };
  if (built.code !== 0 || !host.start) return built;
  const ran = host.url ? await askServer(host, project) : await run(host.start, project, host.env);
  return { code: ran.code, output: built.output + ran.output };
}

async function askServer(host, project) {
  const server = start(host.start, project, host.env);
  try {
    const result = await until(() => fetchResult(host.url), 30_000);
    return { code: result === null ? 1 : 0, output: `${server.output}\n${result ?? ""}` };
  } finally {
    await server.stop();
  }
}

async function fetchResult(url) {
  const response = await fetch(url).catch(() => null);
  return response?.ok ? `RESULT ${JSON.stringify(await response.json())}` : null;
}

/**
 * Checks a host that watches: an edited body is what runs next, and a mistake does not stop the
 * host.
 */
async function tryWatch(host, project, check) {
  const { command, url, ask } = host.watch;
  // Output of earlier builds is removed, because it would answer before anything is watched.
  rmSync(join(project, "out"), { recursive: true, force: true });
  const watcher = start(command, project, host.env);
  const isLoaded = async (atLeast) => {
    const text = url
      ? await fetchResult(url)
      : ask
        ? (await run(ask, project)).output
        : watcher.output;
    const load = resultIn(text ?? "")?.first?.[0]?.load ?? 0;
    return load > atLeast && load < atLeast + 900 ? true : null;
  };
  const service = join(host.at ?? "", "src/service.ts");
  const source = readFileSync(join(project, service), "utf8");
  try {
    const began = await until(() => isLoaded(0), 90_000);
    write(project, { [service]: edited(source, 1000) });
    const ran = began && (await until(() => isLoaded(1000), 60_000));
    check("an edit runs", Boolean(ran), `began: ${began}\n${watcher.output}`);
    write(project, { [service]: mistaken(source) });
    const shown = await until(async () => {
      const text = url ? await fetch(url).then((response) => response.text(), String) : "";
      return /ttl/.test(watcher.output + text) && /TS990\d{3}/.test(watcher.output + text)
        ? true
        : null;
    }, 60_000);
    write(project, { [service]: edited(source, 2000) });
    const again = await until(() => isLoaded(2000), 60_000);
    check(
      "survives a mistake",
      Boolean(shown && again),
      `shown: ${shown}, again: ${again}\n${watcher.output}`,
    );
  } finally {
    write(project, { [service]: source });
    await watcher.stop();
  }
}

/**
 * Checks that breakpoints in the bodies of cached functions stop there, with the variables of the
 * source.
 */
async function tryBreakpoints(host, project, check) {
  const lines = files["src/service.ts"].split("\n");
  const stops = [
    [lines.findIndex((text) => text.includes("return { id,")) + 1, "id=5"],
    [lines.findIndex((text) => text.includes("return `${this")) + 1, "id=1"],
  ];
  const outputs = [];
  for (const [line, variable] of stops) {
    const { output } = await stopAt(`service.ts:${line}:id`, host.start, project, host.env);
    outputs.push({ output, isTrue: output.includes(`STOPPED service.ts:${line} ${variable}`) });
  }
  check(
    "breakpoints",
    outputs.every(({ isTrue }) => isTrue),
    outputs.map(({ output }) => output).join("\n"),
  );
}

/**
 * Checks that a report of coverage has the functions of the source with their counts, and no place
 * that isn't code.
 */
async function tryCoverage(host, project, check) {
  const { output } = await run(host.coverage, project, host.env);
  const path = join(project, "coverage/coverage-final.json");
  const report = existsSync(path) ? Object.values(JSON.parse(readFileSync(path, "utf8"))) : [];
  const file = report.find((one) => one.path.endsWith("service.ts"));
  const lines = files["src/service.ts"].split("\n");
  const isCode = ({ start }) => /^\s*[^\s/]/.test(lines[start.line - 1] ?? "");
  const isCounted = (text, at) =>
    Object.entries(file.fnMap).some(
      ([id, { loc }]) =>
        loc.start.line === at + 1 && file.f[id] > 0 === !text.includes("nobodyCallsThis"),
    );
  const isRight =
    file !== undefined &&
    [...Object.values(file.statementMap), ...Object.values(file.fnMap).map(({ loc }) => loc)].every(
      isCode,
    ) &&
    lines.every((text, at) => !/async .*\{$/.test(text) || isCounted(text, at));
  check("coverage", isRight, `${output}\n${JSON.stringify(file)}`);
}

async function tryHost(host, project) {
  const own = createProject(host, project);
  const checks = [];
  const check = (name, isTrue, output) => checks.push({ name, isTrue, output });
  const at = (all) =>
    Object.fromEntries(
      Object.entries(all).map(([path, text]) => [join(host.at ?? "", path), text]),
    );
  const startedAt = performance.now();
  const { code, output } = await runAll(host, project);
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  const size = sizeOf(join(project, host.out ?? "out"));
  const { where = "", ...result } = resultIn(output) ?? {};
  if (host.shakes)
    check(
      "leaves out what nobody uses",
      !sources(join(project, host.out ?? "out")).includes("nobodyCallsThis"),
      output,
    );
  check(
    "runs cached",
    code === 0 && isDeepStrictEqual(result, expected),
    `${output}\nexit code ${code}`,
  );
  const place =
    files["src/service.ts"].split("\n").findIndex((text) => text.includes('"here"')) + 1;
  if (host.stack !== false)
    check(
      "stack line",
      new RegExp(`service\\.ts:${place}:\\d+`).test(host.url ? output : where),
      `${where}\n${output}`,
    );
  if (host.coverage) await tryCoverage(host, project, check);
  if (host.start.startsWith("node") && !host.url) await tryBreakpoints(host, project, check);
  const entry = join(host.at ?? "", host.entry ?? "src/main.ts");
  const importing = readFileSync(join(project, entry), "utf8");
  const withEntry = (name) => ({
    [entry]: `import "${host.fromEntry ?? "./"}${name}${host.extensions ?? ""}";\n${importing}`,
  });
  if (host.mistakes !== false) {
    write(project, { ...at(broken), ...withEntry("broken") });
    const wrong = await runAll(host, project);
    check("mistakes fail", wrong.code !== 0, wrong.output);
    check(
      "mistakes shown",
      brokenPlaces.every((one) => one.test(wrong.output)),
      wrong.output,
    );
    rmSync(join(project, host.at ?? "", "src/broken.ts"));
  }
  if (host.types !== false) {
    write(project, { ...at(leaking), ...withEntry("leaking") });
    const leaked = await runAll(host, project);
    const isShown =
      /leaking\.ts\W+4:|leaking\.ts\(4,/.test(leaked.output) || /4 \|/.test(leaked.output);
    check("checks with types fail", leaked.code !== 0 && isShown, leaked.output);
    rmSync(join(project, host.at ?? "", "src/leaking.ts"));
  }
  write(project, { [entry]: importing, ...at(own) });
  if (host.watch) await tryWatch(host, project, check);
  return { checks, seconds, size };
}

/** Returns the size of the JavaScript that was built, in kB. */
function sizeOf(folder) {
  if (!existsSync(folder)) return null;
  const names = readdirSync(folder, { recursive: true }).filter((name) => /\.[cm]?js$/.test(name));
  return Math.round(names.reduce((sum, name) => sum + statSync(join(folder, name)).size, 0) / 1000);
}

function sources(folder) {
  const names = readdirSync(folder, { recursive: true }).filter((name) => /\.[cm]?js$/.test(name));
  return names.map((name) => readFileSync(join(folder, name), "utf8")).join("\n");
}

async function pack(directory) {
  const packed = await npm(
    ["pack", "--json", "--ignore-scripts", "--pack-destination", directory],
    repository,
  );
  return join(directory, /"filename": "([^"]+)"/.exec(packed)[1]);
}

async function install(directory, tarball, chosen) {
  const modules = join(directory, "modules");
  mkdirSync(modules);
  write(modules, { "package.json": { name: "modules", private: true } });
  const add = (...packages) =>
    npm(["install", "--no-audit", "--no-fund", "--prefer-offline", ...packages], modules);
  const named = (list) => [...new Set(chosen.flatMap((host) => host[list] ?? []))];
  await add(tarball, "@types/node@20", "typescript@5.9", ...named("packages"));
  const later = named("later");
  if (later.length > 0) await add(...later);
  return join(modules, "node_modules");
}

function option(name) {
  const at = process.argv.indexOf(name);
  return at < 0 ? undefined : process.argv[at + 1];
}

/**
 * A host of its own is installed and removed by itself, since it brings hundreds of megabytes; the
 * others share a folder.
 */
async function place(host, directory, { tarball, modules }) {
  const folder = join(directory, host.name.replaceAll(/\W+/g, "-"));
  mkdirSync(folder);
  if (host.own) return { folder, project: await generate(host, folder, tarball) };
  symlinkSync(modules, join(folder, "node_modules"));
  return { folder, project: folder };
}

async function main() {
  const only = option("--only")?.split(/,(?! )/);
  const chosen = hosts.filter(({ name }) => !only || only.some((one) => name.includes(one)));
  const directory = mkdtempSync(join(tmpdir(), "zcache-hosts-"));
  const keeps = process.argv.includes("--keep");
  if (!keeps) process.once("exit", () => rmSync(directory, { recursive: true, force: true }));
  const tarball = await pack(directory);
  const sharing = chosen.filter(({ own }) => !own);
  const modules =
    option("--modules") ?? (sharing.length > 0 ? await install(directory, tarball, sharing) : "");
  console.log("| host | checks | seconds | kB built |\n|---|---|---|---|");
  const all = [];
  const folders = [];
  for (const host of chosen) {
    const { checks, seconds, size } = await place(host, directory, { tarball, modules })
      .then((placed) => {
        folders.push(placed.folder);
        return tryHost(host, placed.project);
      })
      .catch((error) => ({
        checks: [{ name: "runs", isTrue: false, output: error.stack }],
        seconds: "–",
      }));
    const isLast = chosen.slice(chosen.indexOf(host) + 1).every(({ own }) => own !== host.own);
    if (!keeps && isLast)
      for (const one of folders.splice(0)) rmSync(one, { recursive: true, force: true });
    const good = checks.filter(({ isTrue }) => isTrue);
    const bad = checks.filter(({ isTrue }) => !isTrue).map(({ name }) => name);
    const shown = `${good.length} of ${checks.length}${bad.length ? `: not ${bad.join(", ")}` : ""}`;
    console.log(`| ${host.name} | ${shown} | ${seconds} | ${size ?? ""} |`);
    all.push(...checks.map((check) => ({ ...check, host: host.name })));
  }
  const failed = all.filter(({ isTrue }) => !isTrue);
  if (!process.argv.includes("--quiet"))
    for (const { host, name, output } of failed)
      console.log(`\n✗ ${host}, ${name}\n${output.trim().slice(0, 3000)}`);
  console.log(`matrix: ${all.length - failed.length} passed, ${failed.length} failed`);
  return failed.length;
}

process.exitCode = (await main()) === 0 ? 0 : 1;
