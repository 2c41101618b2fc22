/**
 * Provides servers of several versions from Debian's packages without installing anything. Each is
 * unpacked into a folder, with the libraries and the loader of its own suite.
 */
import { execFile } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";

/** The first suite has the server, and the others have what it needs. */
export const servers = [
  { name: "Redis 7.0", suites: ["bookworm"], server: "redis-tools" },
  { name: "Redis 8.0", suites: ["trixie"], server: "redis-tools" },
  { name: "Redis 8.6", suites: ["experimental", "sid"], server: "redis-tools" },
  { name: "Valkey 8.0", suites: ["bookworm-backports", "bookworm"], server: "valkey-tools" },
  { name: "Valkey 8.1", suites: ["trixie"], server: "valkey-tools" },
  { name: "Valkey 9.1", suites: ["forky"], server: "valkey-tools" },
];

const keyring = "/usr/share/keyrings/debian-archive-keyring.gpg";
/**
 * The package that has the server's program. The package with the plain name has little but service
 * files.
 */
const programs = { "redis-tools": "redis-check-rdb", "valkey-tools": "valkey-check-rdb" };

const run = promisify(execFile);

/**
 * Unpacks the server below the directory, unless it is there.
 * @returns the folder with a program named redis-server, for the beginning of PATH
 */
export async function unpackServer({ name, suites, server }, directory) {
  const home = join(directory, name.toLowerCase().replace(" ", "-"));
  const bin = join(home, "bin");
  const wrapper = join(bin, "redis-server");
  if (existsSync(wrapper)) return bin;
  const [apts, packages, root] = ["apt", "apt/packages", "root"].map((folder) =>
    join(home, folder),
  );
  for (const folder of [
    packages,
    root,
    bin,
    join(apts, "lists/partial"),
    join(apts, "cache/archives/partial"),
  ])
    mkdirSync(folder, { recursive: true });
  const apt = createApt(apts, suites, await findArchive());
  await apt("apt-get", ["update", "-q"]);
  await apt(
    "apt-get",
    ["download", "-q", "-t", suites[0], server, ...(await librariesOf(server, suites[0], apt))],
    packages,
  );
  for (const file of readdirSync(packages)) await run("dpkg", ["-x", join(packages, file), root]);
  rmSync(apts, { recursive: true });
  const found = readdirSync(root, { recursive: true }).map((path) => join(root, path));
  const libraries = new Set(
    found.filter((path) => /\.so(?:\.|$)/.test(path)).map((path) => join(path, "..")),
  );
  const [loader, program] = ["ld-linux-", programs[server]].map((start) =>
    found.find((path) => path.includes(`/${start}`) && !path.includes("/share/")),
  );
  writeFileSync(
    wrapper,
    `#!/bin/sh\nexec '${loader}' --argv0 redis-server --library-path '${[...libraries].join(":")}' '${program}' "$@"\n`,
  );
  chmodSync(wrapper, 0o755);
  return bin;
}

/** Finds the archive that this machine installs Debian's packages from. */
async function findArchive() {
  const { stdout } = await run("apt-get", ["indextargets", "--format", "$(REPO_URI)"]);
  const archive = stdout.split("\n").find((uri) => /\/debian\/?$/.test(uri));
  if (!archive)
    throw new Error("apt has no source of Debian's packages, from which the servers are taken.");
  return archive;
}

/** Runs apt's commands over these suites alone, with lists of their own. */
function createApt(home, suites, archive) {
  const sources = join(home, "sources.list");
  writeFileSync(
    sources,
    suites.map((suite) => `deb [signed-by=${keyring}] ${archive} ${suite} main\n`).join(""),
  );
  const nothing = join(home, "nothing-installed");
  writeFileSync(nothing, "");
  const options = {
    "Dir::Etc::sourcelist": sources,
    "Dir::Etc::sourceparts": "-",
    "Dir::State::lists": join(home, "lists"),
    "Dir::State::status": nothing,
    "Dir::Cache": join(home, "cache"),
    "Acquire::Languages": "none",
    // Without this, apt would switch to a user that can't write here.
    "APT::Sandbox::User": "root",
  };
  const given = Object.entries(options).flatMap(([option, value]) => ["-o", `${option}=${value}`]);
  return (command, args, cwd = home) =>
    run(command, [...given, ...args], { cwd, maxBuffer: 64 * 1024 * 1024 });
}

/**
 * The packages named libc6, libssl3 and the like that the server needs, directly or through others.
 */
async function librariesOf(server, suite, apt) {
  const leaveOut = ["recommends", "suggests", "conflicts", "breaks", "replaces", "enhances"].map(
    (kind) => `--no-${kind}`,
  );
  const { stdout } = await apt("apt-cache", [
    "depends",
    "-t",
    suite,
    "--recurse",
    ...leaveOut,
    server,
  ]);
  const names = stdout.split("\n").filter((line) => /^(?:lib|gcc-)[a-z0-9.+-]+$/.test(line));
  return [...new Set(names)];
}
