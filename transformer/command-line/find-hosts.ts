import { existsSync, readdirSync, readFileSync } from "node:fs";
import { extname, join } from "node:path";
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

/** Finds the tools that a package uses. Returns null if there is no package.json. */
export function findHosts(directory: string): FoundHosts | null {
  const manifest = join(directory, "package.json");
  if (!existsSync(manifest)) return null;
  const text = readFileSync(manifest, "utf8");
  const { dependencies, devDependencies, scripts } = JSON.parse(text) as Record<
    string,
    Record<string, string> | undefined
  >;
  const installed = Object.keys({ ...dependencies, ...devDependencies });
  const found = knownHosts.filter((host) => host.packages.some((name) => installed.includes(name)));
  const hosts = found.map((host): FoundHost => {
    const configs = [text, ...filesOf(directory, host.configs)];
    const mistakes = configs.flatMap((config) => host.mistakeIn?.(config, directory) ?? []);
    return {
      host,
      isSetUp: configs.some((config) => host.signs.test(config)),
      mistake: mistakes[0] ?? null,
    };
  });
  const usesTspc = Object.values(scripts ?? {}).some((script) => /\btspc\b/.test(script));
  const usesCompiler = hosts.some(({ host }) =>
    [text, ...filesOf(directory, host.configs)].some((config) =>
      config.includes("ts-patch/compiler"),
    ),
  );
  // npx tspc needs no script.
  const isOnly = hosts.every(({ host, isSetUp }) => host.name === "typescript" || !isSetUp);
  return {
    hosts,
    isBuiltByTspc: usesTspc || usesCompiler || (installed.includes("ts-patch") && isOnly),
  };
}

const extensions = [".js", ".cjs", ".mjs", ".ts", ".mts", ".cts", ".json", ""];

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
