import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { readTsconfig } from "../hosts/tsconfig";

/** A tool that builds TypeScript, and how to recognise whether it does so with zcache. */
export interface KnownHost {
  readonly name: string;
  /** If package.json has any of these, the project may use the tool. */
  readonly packages: readonly string[];
  /** A file in the package's folder by which the tool is recognised as well. */
  readonly mark?: RegExp;
  /** Names of the files in which the tool is set up. package.json always counts. */
  readonly configs: RegExp;
  /** Text that such a file contains if zcache is set up. */
  readonly signs: RegExp;
  /** Says what to do to set the tool up. It ends a sentence. */
  readonly add: string;
  /**
   * Returns what is wrong in a configuration that looks set up and what to do, or null if nothing
   * is wrong.
   */
  readonly mistakeIn?: (config: string, directory: string) => string | null;
}

const nitro =
  'add nitro: { rollupConfig: { plugins: [zcache()] } } with the plugin from "zcache/rollup"';

const script = /\.[cm]?[jt]s$/;

export const knownHosts: readonly KnownHost[] = [
  {
    name: "typescript",
    packages: ["typescript"],
    // `npx tspc` needs no script, so ts-patch among the dependencies counts as well.
    configs: /^$/,
    signs: /\b(tspc|zcache build|ts-patch)\b/,
    add: "build with tspc in place of tsc",
    mistakeIn: (config, directory) => {
      const name = scriptWithTsc(config);
      return name === null || onlyChecks(directory)
        ? null
        : `the script "${name}" runs tsc, which takes no notice of the zcache entry. Write tspc there`;
    },
  },
  plugin("vite", ["vite", "vitest"], /^(vite|vitest)\.config\./, "zcache/vite"),
  plugin("astro", ["astro"], /^astro\.config\./, "zcache/vite"),
  plugin("electron-vite", ["electron-vite"], /^electron\.vite\.config\./, "zcache/vite"),
  plugin("farm", ["@farmfe/core"], /^farm\.config\./, "zcache/vite"),
  {
    name: "nuxt",
    packages: ["nuxt"],
    configs: /^nuxt\.config\./,
    signs: /zcache\/rollup/,
    add: `${nitro} to nuxt.config`,
    mistakeIn: (config) =>
      config.includes("zcache/vite") && !config.includes("zcache/rollup")
        ? `Nitro compiles the folder server, and a plugin of Vite does not see it. If cached functions are there, ${nitro}`
        : null,
  },
  plugin("rollup", ["rollup"], /^rollup\.config\./, "zcache/rollup"),
  plugin("rolldown", ["rolldown", "tsdown"], /^(rolldown|tsdown)\.config\./, "zcache/rolldown"),
  plugin("esbuild", ["esbuild", "tsup"], script, "zcache/esbuild"),
  plugin("webpack", ["webpack"], /^webpack\./, "zcache/webpack"),
  {
    ...plugin(
      "rspack",
      ["@rspack/core", "@rsbuild/core"],
      /^rs(pack|build)\.config\./,
      "zcache/rspack",
    ),
    mistakeIn: (config) =>
      config.includes("ts-loader") &&
      config.includes("ts-patch/compiler") &&
      !/transpileOnly["']?\s*:\s*true/.test(config)
        ? "errors of ts-loader don't fail its builds. Compile with builtin:swc-loader and the plugin zcache/rspack, or set transpileOnly and run zcache check beside"
        : null,
  },
  {
    name: "next",
    packages: ["next"],
    configs: /^next\.config\./,
    signs: /zcache\/loader/,
    add: "add the loader zcache/loader to next.config",
  },
  {
    name: "tsx",
    packages: ["tsx"],
    configs: script,
    signs: /zcache\/register/,
    add: "start with node --import zcache/register --import tsx",
  },
  {
    name: "bun",
    packages: ["bun", "@types/bun"],
    mark: /^bunfig\.toml$/,
    configs: /^bunfig\.toml$|\.[cm]?[jt]s$/,
    signs: /zcache\/(?:bun|register)/,
    add: 'write preload = ["zcache/register"] in bunfig.toml, or bundle with the plugin from "zcache/bun"',
  },
  {
    name: "deno",
    packages: ["deno"],
    mark: /^deno\.jsonc?$/,
    configs: /^deno\.jsonc?$/,
    signs: /zcache\/register/,
    add: "start with deno run --preload npm:zcache/register",
  },
  {
    name: "ts-node",
    packages: ["ts-node"],
    configs: /^tsconfig.*\.json$/,
    signs: /ts-patch\/compiler|zcache\/register/,
    add: 'set "ts-node": { "compiler": "ts-patch/compiler" } in tsconfig.json',
  },
  {
    name: "jest",
    packages: ["jest"],
    configs: /^jest\.config\./,
    signs: /zcache\/jest|ts-patch\/compiler/,
    add: 'put "zcache/jest" into jest\'s transform',
    mistakeIn: (config, directory) =>
      /["'`]?ts-jest\b/.test(config) &&
      config.includes("ts-patch/compiler") &&
      isIsolated(config, directory)
        ? 'with isolatedModules ts-jest compiles each file by itself, and not with ts-patch/compiler. Put "zcache/jest" in front of it: ["zcache/jest", { "transformer": "ts-jest" }]'
        : null,
  },
  {
    name: "nest",
    packages: ["@nestjs/cli"],
    configs: /^nest-cli\.json$/,
    signs: /zcache\/transformer|tspc/,
    add: 'add "plugins": ["zcache/transformer"] to compilerOptions in nest-cli.json',
    mistakeIn: (config) =>
      config.includes("zcache/transformer") &&
      /"(?:builder|type)"\s*:\s*"(swc|rspack)"/.test(config)
        ? `the builder ${/"(swc|rspack)"/.exec(config)?.[1]} ignores the plugins in nest-cli.json. See docs/hosts.md for what it takes`
        : null,
  },
  withoutPlugin("swc's or Babel's command line", ["@swc/cli", "@babel/cli"]),
  withoutPlugin("ncc", ["@vercel/ncc"]),
  withoutPlugin("parcel", ["parcel"]),
];

/**
 * Returns the script that compiles by tsc where ts-patch is there to compile by tspc and no script
 * does so.
 */
function scriptWithTsc(manifest: string): string | null {
  const { scripts = {} } = JSON.parse(manifest) as {
    readonly scripts?: Readonly<Record<string, string>>;
  };
  const texts = Object.values(scripts);
  // `ts-patch install` makes tsc what tspc is.
  if (
    !manifest.includes('"ts-patch"') ||
    texts.some((text) => /\btspc\b|zcache build|ts-patch install/.test(text))
  )
    return null;
  const compiles = (text: string): boolean =>
    text
      .split(/[&|;]+/)
      .some((command) => /^\s*(?:npx\s+)?tsc(?:\s|$)/.test(command) && !/--noEmit\b/.test(command));
  return Object.keys(scripts).find((name) => compiles(scripts[name] as string)) ?? null;
}

/** tsc emits nothing here, because something else compiles. */
function onlyChecks(directory: string): boolean {
  const tsconfig = join(directory, "tsconfig.json");
  return (
    existsSync(tsconfig) &&
    /"(noEmit|emitDeclarationOnly)"\s*:\s*true/.test(readFileSync(tsconfig, "utf8"))
  );
}

function isIsolated(config: string, directory: string): boolean {
  if (/isolatedModules["']?\s*:\s*true/.test(config)) return true;
  const tsconfig = join(directory, "tsconfig.json");
  return existsSync(tsconfig) && readTsconfig(tsconfig).isolatedModules;
}

function plugin(
  name: string,
  packages: readonly string[],
  configs: RegExp,
  entry: string,
): KnownHost {
  return {
    name,
    packages,
    configs,
    signs: new RegExp(entry),
    add: `add the plugin from "${entry}" to its configuration`,
  };
}

function withoutPlugin(name: string, packages: readonly string[]): KnownHost {
  return {
    name,
    packages,
    configs: /^$/,
    signs: /\btspc\b|\bzcache transform\b/,
    add: "first run zcache transform src --out src-cached, and compile the copy, because there is no place for a plugin; or use tspc",
  };
}
