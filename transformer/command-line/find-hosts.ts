import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, extname, join } from "node:path";
import { nearestFolderWith } from "./find-config";
import { type KnownHost, knownHosts } from "./known-hosts";

/** Finds the tools that build a package's TypeScript, as far as its files show. */
export interface FoundHosts {
  readonly hosts: readonly FoundHost[];
  /**
   * Whether it is `tspc` or another tool that uses ts-patch's compiler, which reads `transform` in
   * the plugin entry.
   */
  readonly isBuiltByTspc: boolean;
}

export interface FoundHost {
  readonly host: KnownHost;
  readonly isSetUp: boolean;
  /** Says what is wrong with its set-up and what to do, or is null if nothing is wrong. */
  readonly mistake: string | null;
}

/**
 * Finds the tools that a package uses, or, if it lists none, the package at the root of its
 * workspace. Returns null if there is no package.json.
 */
export function findHosts(directory: string): FoundHosts | null {
  const own = readManifest(directory);
  if (own === null) return null;
  const root = knownHosts.some((host) => isUsed(host, own)) ? null : workspaceRootAbove(directory);
  const folders = root === null ? [directory] : [directory, root];
  const manifests = folders.flatMap((folder) => readManifest(folder) ?? []);
  const textsFor = (host: KnownHost): readonly string[] => [
    ...manifests.map(({ text }) => text),
    ...folders.flatMap((folder) => filesOf(folder, host.configs)),
  ];
  const found = knownHosts.filter((host) => manifests.some((one) => isUsed(host, one)));
  const hosts = found.map((host): FoundHost => {
    const texts = textsFor(host);
    const mistakes = texts.flatMap((text) => host.mistakeIn?.(text, directory) ?? []);
    return {
      host,
      isSetUp: texts.some((text) => host.signs.test(text)),
      mistake: mistakes[0] ?? null,
    };
  });
  const usesTspc = manifests.some(({ scripts }) => scripts.some((one) => /\btspc\b/.test(one)));
  const usesCompiler = hosts.some(({ host }) =>
    textsFor(host).some((text) => text.includes("ts-patch/compiler")),
  );
  const hasTsPatch = manifests.some(({ packages }) => packages.includes("ts-patch"));
  // npx tspc needs no script.
  const isOnly = hosts.every(({ host, isSetUp }) => host.name === "typescript" || !isSetUp);
  return { hosts, isBuiltByTspc: usesTspc || usesCompiler || (hasTsPatch && isOnly) };
}

/** The parts in use of a package.json. */
interface Manifest {
  readonly text: string;
  readonly packages: readonly string[];
  readonly scripts: readonly string[];
  /** The names of the files beside it. */
  readonly files: readonly string[];
  readonly isRoot: boolean;
}

function readManifest(directory: string): Manifest | null {
  const file = join(directory, "package.json");
  if (!existsSync(file)) return null;
  const text = readFileSync(file, "utf8");
  const { dependencies, devDependencies, scripts, workspaces } = JSON.parse(text) as Record<
    string,
    Record<string, string> | undefined
  >;
  return {
    text,
    packages: Object.keys({ ...dependencies, ...devDependencies }),
    scripts: Object.values(scripts ?? {}),
    files: readdirSync(directory),
    isRoot: workspaces !== undefined || existsSync(join(directory, "pnpm-workspace.yaml")),
  };
}

function isUsed({ packages, mark }: KnownHost, manifest: Manifest): boolean {
  return (
    packages.some((name) => manifest.packages.includes(name)) ||
    (mark !== undefined && manifest.files.some((name) => mark.test(name)))
  );
}

function workspaceRootAbove(directory: string): string | null {
  const folder = nearestFolderWith(dirname(directory), "package.json");
  if (folder === null || folder === directory) return null;
  return readManifest(folder)?.isRoot ? folder : workspaceRootAbove(folder);
}

const extensions = [".js", ".cjs", ".mjs", ".ts", ".mts", ".cts", ".json", ".jsonc", ".toml", ""];

/**
 * Returns the texts of the package's scripts, and of the files in its folder that have one of the
 * names.
 */
function filesOf(directory: string, pattern: RegExp): readonly string[] {
  const folders = [
    directory,
    ...["scripts", "config", "tools"].map((name) => join(directory, name)),
  ];
  return folders.filter(existsSync).flatMap((folder) =>
    readdirSync(folder, { withFileTypes: true })
      .filter(
        (entry) =>
          entry.isFile() && pattern.test(entry.name) && extensions.includes(extname(entry.name)),
      )
      .map((entry) => readFileSync(join(folder, entry.name), "utf8")),
  );
}
