import { existsSync, readFileSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, isAbsolute, join, resolve } from "node:path";
import { isPluginEntry, type PluginOptions, resolvePluginOptions } from "../context/plugin-options";
import { parseJsonc } from "./parse-jsonc";

/**
 * The part of a tsconfig that hosts need. It is read without a compiler, because there may be none.
 */
export interface Tsconfig {
  /** It is null if there is no tsconfig, so that everything has its default. */
  readonly file: string | null;
  readonly options: PluginOptions;
  /** The zcache entry as it is written there, or null if there is none. */
  readonly entry: Readonly<Record<string, unknown>> | null;
  /** The config that it extends and whose zcache entry its own `plugins` replace, or null. */
  readonly replaced: string | null;
  readonly experimentalDecorators: boolean;
  readonly allowJs: boolean;
  readonly isolatedModules: boolean;
  /**
   * The absolute path of the folder that the compiler writes into, or null for beside the sources.
   */
  readonly outDir: string | null;
  /** The files that it was read from. A change of one of them changes what is emitted. */
  readonly dependencies: readonly string[];
  /** The time at which each of them was last modified. */
  readonly readAt: readonly number[];
}

/** A tsconfig with all that it extends, as it is written. */
export interface RawTsconfig {
  readonly file: string;
  readonly compilerOptions: Readonly<Record<string, unknown>>;
  /** Resolved from the config that has it. It may begin with `${configDir}`. */
  readonly outDir: string | null;
  /** The configs of the projects that it references. */
  readonly references: readonly string[];
  /** Whether it lists no files of its own, but only references. */
  readonly isSolution: boolean;
  /** The config that it extends and that has a zcache entry, if its own `plugins` have none. */
  readonly replaced: string | null;
  readonly dependencies: readonly string[];
}

/**
 * Returns options by file: those of the nearest tsconfig.json above it. If that one only references
 * others, as in vite's templates, they are those of the first that has a zcache entry, or else of
 * the first.
 */
export class Tsconfigs {
  readonly #byDirectory = new Map<string, Tsconfig>();
  #asked: Tsconfig | null;

  /** @param file the tsconfig for all files, if the user names one */
  constructor(private readonly file?: string) {
    this.#asked = file === undefined ? null : readTsconfig(resolve(file));
  }

  /**
   * Returns the options as they are on disk now, because servers and builds that watch run for
   * longer than a config stays the same.
   */
  of(fileName: string): Tsconfig {
    const known = this.#find(fileName);
    if (!hasChanged(known)) return known;
    this.#byDirectory.clear();
    if (this.file !== undefined) this.#asked = readTsconfig(resolve(this.file));
    return this.#find(fileName);
  }

  #find(fileName: string): Tsconfig {
    return this.#asked ?? this.#nearest(dirname(resolve(fileName)));
  }

  #nearest(directory: string): Tsconfig {
    const known = this.#byDirectory.get(directory);
    if (known) return known;
    const file = join(directory, "tsconfig.json");
    const parent = dirname(directory);
    const found = existsSync(file)
      ? readTsconfig(file)
      : parent === directory
        ? none
        : this.#nearest(parent);
    this.#byDirectory.set(directory, found);
    return found;
  }
}

function hasChanged({ dependencies, readAt }: Tsconfig): boolean {
  return dependencies.some((file, i) => modifiedAt(file) !== readAt[i]);
}

function modifiedAt(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

const none: Tsconfig = {
  file: null,
  options: resolvePluginOptions({}),
  entry: null,
  replaced: null,
  experimentalDecorators: false,
  allowJs: false,
  isolatedModules: false,
  outDir: null,
  dependencies: [],
  readAt: [],
};

/** @throws Error that names the file, if it can't be read or its zcache entry is wrong */
export function readTsconfig(file: string): Tsconfig {
  const config = readConfig(configFileOf(file), []);
  if (!config.isSolution || entryOf(config)) return describe(config);
  const referenced = config.references.map((reference) => describe(readConfig(reference, [])));
  return referenced.find(({ entry }) => entry !== null) ?? referenced[0] ?? describe(config);
}

/**
 * Reads a config as a part of the tsconfig.json that references it. A bundler takes the options of
 * a file from the nearest tsconfig.json above it, and never reads a referenced config of another
 * name for itself. Such a config without an entry, as Nuxt generates them, therefore has the entry
 * of the tsconfig.json.
 * @throws Error that names the file, if it can't be read or its zcache entry is wrong
 */
export function readReferencedTsconfig(solution: string, file: string): Tsconfig {
  const own = readTsconfig(file);
  const isRead = basename(file) === "tsconfig.json" || basename(solution) !== "tsconfig.json";
  if (own.entry !== null || own.replaced !== null || isRead) return own;
  if (!readRawTsconfig(solution).isSolution) return own;
  const { options, entry } = readTsconfig(solution);
  return { ...own, options, entry };
}

/** @throws Error that names the file, if it can't be read */
export function readRawTsconfig(file: string): RawTsconfig {
  return readConfig(configFileOf(file), []);
}

/** Says what is wrong if a config's own `plugins` replace those of the config that it extends. */
export function describeReplacedEntry(file: string, replaced: string): string {
  return `The "plugins" of ${file} have no zcache entry, and replace those of ${replaced}, which have one: tsconfig does not merge lists. Repeat the entry in ${file}.`;
}

function describe(config: RawTsconfig): Tsconfig {
  const entry = entryOf(config);
  const { experimentalDecorators, allowJs, checkJs, isolatedModules } = config.compilerOptions;
  try {
    return {
      file: config.file,
      options: resolvePluginOptions(entry ?? {}),
      entry: entry ?? null,
      replaced: entry ? null : config.replaced,
      experimentalDecorators: experimentalDecorators === true,
      allowJs: allowJs === true || (allowJs === undefined && checkJs === true),
      isolatedModules: isolatedModules === true,
      outDir: config.outDir?.replace(configDir, dirname(config.file)) ?? null,
      dependencies: config.dependencies,
      readAt: config.dependencies.map(modifiedAt),
    };
  } catch (error) {
    throw new Error(`${config.file}: ${(error as Error).message}`, { cause: error });
  }
}

function entryOf({
  compilerOptions: { plugins },
}: Pick<RawTsconfig, "compilerOptions">): Readonly<Record<string, unknown>> | undefined {
  return Array.isArray(plugins)
    ? (plugins as Readonly<Record<string, unknown>>[]).find(isPluginEntry)
    : undefined;
}

/**
 * Reads a config with those that it extends. The option of the last config counts, and `plugins` is
 * one option.
 */
function readConfig(file: string, above: readonly string[]): RawTsconfig {
  if (above.includes(file)) throw new Error(`${file}: it extends itself.`);
  const raw = readObject(file);
  const bases = ([raw["extends"] ?? []].flat() as string[]).map((base) =>
    readConfig(resolveBase(base, file), [...above, file]),
  );
  const own = raw["compilerOptions"] as RawTsconfig["compilerOptions"] | undefined;
  const base = bases.findLast(({ compilerOptions }) => compilerOptions["plugins"] !== undefined);
  const references = Array.isArray(raw["references"])
    ? (raw["references"] as { path?: unknown }[])
    : [];
  return {
    file,
    compilerOptions: Object.assign(
      {},
      ...bases.map((one) => one.compilerOptions),
      own,
    ) as RawTsconfig["compilerOptions"],
    outDir:
      typeof own?.["outDir"] === "string"
        ? resolveOutDir(own["outDir"], file)
        : (bases.findLast(({ outDir }) => outDir !== null)?.outDir ?? null),
    replaced:
      own?.["plugins"] === undefined
        ? (base?.replaced ?? null)
        : base && entryOf(base)
          ? base.file
          : null,
    references: references.map(({ path }) => configFileOf(resolve(dirname(file), String(path)))),
    isSolution: references.length > 0 && Array.isArray(raw["files"]) && raw["files"].length === 0,
    dependencies: [file, ...bases.flatMap((one) => one.dependencies)],
  };
}

/** TypeScript 5.5 and later put the folder of the config in its place that is not extended. */
const configDir = "${configDir}";

function resolveOutDir(outDir: string, file: string): string {
  return outDir.startsWith(configDir) ? outDir : resolve(dirname(file), outDir);
}

function readObject(file: string): Readonly<Record<string, unknown>> {
  try {
    return parseJsonc(readFileSync(file, "utf8")) as Readonly<Record<string, unknown>>;
  } catch (error) {
    throw new Error(`${file} can't be read: ${(error as Error).message}`, { cause: error });
  }
}

/** Resolves as the compiler does: a path, with or without `.json`, or a file of a package. */
function resolveBase(base: string, from: string): string {
  const isPath = isAbsolute(base) || /^\.\.?(\/|\\|$)/.test(base);
  if (isPath) {
    const path = resolve(dirname(from), base);
    const isWhole = path.endsWith(".json") || (existsSync(path) && statSync(path).isFile());
    return isWhole ? path : `${path}.json`;
  }
  const require = createRequire(from);
  for (const name of [base, `${base}.json`, `${base}/tsconfig.json`]) {
    try {
      return require.resolve(name);
    } catch {
      // There is no such file, so the next form of the path is tried.
    }
  }
  throw new Error(`${from} extends ${base}, which can't be found.`);
}

function configFileOf(path: string): string {
  return existsSync(path) && statSync(path).isDirectory() ? join(path, "tsconfig.json") : path;
}
