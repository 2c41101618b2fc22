import { tsconfig } from "./host-matrix.project.mjs";

const bundled = "node --enable-source-maps out/main.js";

/** The newest major version for this Node, which its packages for coverage have to share. */
const vitest = Number(process.versions.node.split(".")[0]) < 22 ? 4 : 5;

/**
 * Packages that Nest's generator lists and no build needs. They are half of what would be
 * installed.
 */
const needless = /eslint|oxlint|prettier|vitest|jest|supertest|testing|mau/;

/**
 * `files` is what the user adds, `build` what is run, `start` what runs the program, `url` where a
 * server answers with its result, `watch` what is run while one develops, and how to ask it for the
 * result: a `url`, a command (`ask`), or else its own output. `shakes`: it leaves out what nobody
 * uses. `types: false`: it builds single files as they're asked for. `mistakes: false`: it shows
 * none. `own`: it is installed by itself. `generator`: what makes its project, in a folder "shop".
 * `at`: the folder of the package in a monorepo. `coverage`: what writes a report of it. `later`:
 * what is installed after the packages, because npm can't resolve them together.
 */
export const hosts = [
  {
    name: "tspc",
    packages: ["typescript@5.9", "ts-patch@3"],
    files: {
      "tsconfig.json": {
        ...tsconfig,
        compilerOptions: {
          ...tsconfig.compilerOptions,
          module: "commonjs",
          moduleResolution: "node10",
        },
      },
    },
    type: "commonjs",
    build: "tspc",
    start: bundled,
    watch: { command: "tspc -w", ask: bundled },
  },
  ...["module", "commonjs"].map((type) => ({
    name: `zcache build, TypeScript 7, ${type}`,
    own: "TypeScript 7",
    packages: ["typescript@7", "@types/node@20"],
    type,
    extensions: ".js",
    files: {
      "tsconfig.json": {
        ...tsconfig,
        compilerOptions: {
          ...tsconfig.compilerOptions,
          module: "nodenext",
          moduleResolution: "nodenext",
        },
      },
    },
    build: "zcache build",
    start: bundled,
    watch: { command: "zcache build -w", ask: bundled },
  })),
  {
    name: "vite",
    shakes: true,
    packages: ["vite"],
    files: {
      "vite.config.mjs": `import zcache from "zcache/vite";
export default { plugins: [zcache()], build: { ssr: "src/main.ts", outDir: "out", sourcemap: true, minify: false } };`,
    },
    build: "vite build --logLevel warn",
    start: bundled,
    watch: { command: "vite build --watch", ask: bundled },
  },
  {
    name: "vite, all bundled",
    shakes: true,
    packages: ["vite"],
    files: {
      "vite.config.mjs": `import zcache from "zcache/vite";
export default { plugins: [zcache()], ssr: { noExternal: true }, build: { ssr: "src/main.ts", outDir: "out", sourcemap: true } };`,
    },
    build: "vite build --logLevel warn",
    start: bundled,
  },
  {
    name: "vitest",
    packages: ["vite", `vitest@${vitest}`],
    later: [`@vitest/coverage-v8@${vitest}`],
    coverage:
      "vitest run --coverage.enabled --coverage.reporter=json --coverage.include=src/service.ts",
    files: {
      "vitest.config.mjs": `import zcache from "zcache/vite";
export default { plugins: [zcache()] };`,
      "src/main.test.ts": `import { test } from "vitest"; test("runs", async () => { await import("./main"); await new Promise((r) => setTimeout(r, 300)); });`,
      "src/broken.test.ts": `import { test } from "vitest"; test("breaks", async () => { await import("./broken.js").catch((e) => { if (!String(e).includes("Failed to load url") && !String(e).includes("Cannot find")) throw e; }); });`,
    },
    build: null,
    start: "vitest run",
    watch: { command: "vitest --watch" },
    types: false,
  },
  {
    name: "rollup",
    shakes: true,
    packages: ["rollup", "esbuild", "rollup-plugin-esbuild"],
    files: {
      "rollup.config.mjs": `import esbuild from "rollup-plugin-esbuild";
import zcache from "zcache/rollup";
const resolve = { name: "resolve", resolveId: (id, from) => (from && id.startsWith(".") ? new URL(id + ".ts", "file://" + from).pathname : null) };
export default { input: ["src/main.ts", ...(await import("node:fs")).readdirSync("src").filter((f) => /^(broken|leaking)/.test(f)).map((f) => "src/" + f)], external: /^zcache|^node:/, plugins: [zcache(), resolve, esbuild()], output: { dir: "out", sourcemap: true } };`,
    },
    build: "rollup -c --silent",
    start: bundled,
    watch: { command: "rollup -c -w", ask: bundled },
  },
  {
    name: "rolldown",
    shakes: true,
    packages: ["rolldown"],
    files: {
      "rolldown.config.mjs": `import zcache from "zcache/rolldown";
export default { input: "src/main.ts", platform: "node", external: /^zcache|^node:/, plugins: [zcache()], output: { dir: "out", sourcemap: true } };`,
    },
    build: "rolldown -c",
    start: bundled,
    watch: { command: "rolldown -c -w", ask: bundled },
  },
  ...["esm", "cjs"].map((format) => ({
    name: `esbuild, ${format}, all bundled`,
    shakes: true,
    packages: ["esbuild"],
    type: format === "esm" ? "module" : "commonjs",
    files: {
      "build.mjs": `import { build, context } from "esbuild";
import zcache from "zcache/esbuild";
const options = { entryPoints: ["src/main.ts"], bundle: true, platform: "node", format: "${format}", outdir: "out", sourcemap: true, plugins: [zcache()] };
if (process.argv.includes("--watch")) await (await context(options)).watch();
else await build(options).catch(() => process.exit(1));`,
    },
    build: "node build.mjs",
    start: bundled,
    watch: { command: "node build.mjs --watch", ask: bundled },
  })),
  ...["webpack", "@rspack/core"].map((bundler) => ({
    name: bundler === "webpack" ? "webpack, swc-loader" : "Rspack",
    packages:
      bundler === "webpack"
        ? ["webpack", "webpack-cli", "@swc/core", "swc-loader"]
        : ["@rspack/core"],
    type: "commonjs",
    files: {
      "build.cjs": `const bundler = require("${bundler}");
const zcache = require("zcache/${bundler === "webpack" ? "webpack" : "rspack"}");
const loader = "${bundler === "webpack" ? "swc-loader" : "builtin:swc-loader"}";
bundler({ mode: "development", devtool: "source-map", target: "node", entry: "./src/main.ts", output: { path: __dirname + "/out", filename: "main.js" }, externals: { ioredis: "commonjs ioredis" }, resolve: { extensions: [".ts", ".js"] },
  module: { rules: [{ test: /\\.ts$/, loader, options: { jsc: { parser: { syntax: "typescript" }, target: "es2022" } } }] }, plugins: [zcache()], watch: process.argv.includes("--watch") },
  (error, stats) => { if (error) throw error; if (stats.hasErrors()) { console.error(stats.toString({ all: false, errors: true })); process.exitCode = 1; } });`,
    },
    build: "node build.cjs",
    start: bundled,
    watch: { command: "node build.cjs --watch", ask: bundled },
  })),
  {
    name: "webpack, ts-loader",
    packages: ["webpack", "webpack-cli", "ts-loader", "typescript@5.9", "ts-patch@3"],
    type: "commonjs",
    files: {
      "webpack.config.cjs": `module.exports = { mode: "development", devtool: "source-map", target: "node", entry: "./src/main.ts", output: { path: __dirname + "/out", filename: "main.js" }, externals: { ioredis: "commonjs ioredis" }, resolve: { extensions: [".ts", ".js"] },
  module: { rules: [{ test: /\\.ts$/, loader: "ts-loader", options: { compiler: "ts-patch/compiler" } }] } };`,
    },
    build: "webpack",
    start: bundled,
    watch: { command: "webpack --watch", ask: bundled },
  },
  ...["module", "commonjs"].flatMap((type) =>
    ["--import zcache/register --import tsx", "--import tsx --import zcache/register"].map(
      (flags) => ({
        name: `tsx, ${type}, ${flags.startsWith("--import tsx") ? "tsx first" : "zcache first"}`,
        packages: ["tsx"],
        type,
        files: {},
        build: null,
        start: `node ${flags} src/main.ts`,
        watch: { command: `node --watch ${flags} src/main.ts` },
        types: false,
      }),
    ),
  ),
  ...["module", undefined].map((type) => ({
    name: `Node 24, ${type ?? "no type"}`,
    packages: ["node@24"],
    type,
    files: {},
    extensions: ".ts",
    build: null,
    start: "node24 --import zcache/register src/main.ts",
    types: false,
  })),
  {
    name: "ts-node",
    packages: ["typescript@5.9", "ts-patch@3", "ts-node"],
    type: "commonjs",
    files: {
      "tsconfig.json": {
        ...tsconfig,
        compilerOptions: {
          ...tsconfig.compilerOptions,
          module: "commonjs",
          moduleResolution: "node10",
        },
        "ts-node": { compiler: "ts-patch/compiler" },
      },
    },
    build: null,
    start: "ts-node src/main.ts",
    types: false,
  },
  ...[
    [
      "@swc/jest",
      { jsc: { parser: { syntax: "typescript" }, target: "es2022" }, module: { type: "commonjs" } },
    ],
    ["ts-jest", { isolatedModules: true, diagnostics: false }],
    [
      "babel-jest",
      {
        presets: [
          ["@babel/preset-env", { targets: { node: "current" } }],
          "@babel/preset-typescript",
        ],
      },
    ],
  ].map(([transformer, options]) => ({
    name: `jest, ${transformer}`,
    packages: [
      "jest",
      "typescript@5.9",
      transformer,
      ...(transformer === "@swc/jest" ? ["@swc/core"] : []),
      ...(transformer === "babel-jest"
        ? ["@babel/core", "@babel/preset-env", "@babel/preset-typescript"]
        : []),
    ],
    type: "commonjs",
    files: {
      "jest.config.cjs": `module.exports = { testEnvironment: "node", testTimeout: 60000, transform: { "\\\\.ts$": ["zcache/jest", { transformer: ${JSON.stringify([transformer, options])} }] } };`,
      "src/main.test.ts": `test("runs", async () => { await import("./main"); await new Promise((r) => setTimeout(r, 300)); });`,
      "src/broken.test.ts": `test("breaks", () => { if (require("fs").existsSync(__dirname + "/broken.ts")) require("./broken"); });`,
    },
    build: null,
    start: "jest",
    coverage: "jest --coverage --coverageReporters=json --collectCoverageFrom=src/service.ts",
    types: false,
  })),
  {
    name: "tsup",
    own: "tsup",
    packages: ["tsup", "typescript@5.9", "@types/node@20"],
    files: {
      "tsup.config.ts": `import { defineConfig } from "tsup";
import zcache from "zcache/esbuild";
export default defineConfig({ entry: ["src/main.ts"], outDir: "out", format: "esm", sourcemap: true, esbuildPlugins: [zcache()] });`,
    },
    build: "tsup",
    start: bundled,
    watch: { command: "tsup --watch src", ask: bundled },
  },
  {
    name: "tsdown",
    own: "tsdown",
    packages: ["tsdown", "typescript@5.9", "@types/node@20"],
    files: {
      "tsdown.config.mjs": `import { defineConfig } from "tsdown";
import zcache from "zcache/rolldown";
export default defineConfig({ entry: ["src/main.ts"], outDir: "out", format: "esm", sourcemap: true, outExtensions: () => ({ js: ".js" }), plugins: [zcache()] });`,
    },
    build: "tsdown",
    start: bundled,
    watch: { command: "tsdown --watch", ask: bundled },
  },
  {
    name: "Rsbuild",
    own: "Rsbuild",
    packages: ["@rsbuild/core", "typescript@5.9", "@types/node@20"],
    type: "commonjs",
    files: {
      "rsbuild.config.mjs": `import { defineConfig } from "@rsbuild/core";
import zcache from "zcache/rspack";
export default defineConfig({ source: { entry: { main: "./src/main.ts" } }, output: { target: "node", distPath: { root: "out" }, sourceMap: { js: "source-map" } }, tools: { rspack: { plugins: [zcache()] } } });`,
    },
    build: "rsbuild build",
    start: bundled,
    watch: { command: "rsbuild build --watch", ask: bundled },
  },
  {
    name: "farm",
    own: "farm",
    packages: ["@farmfe/core", "@farmfe/cli", "typescript@5.9", "@types/node@20"],
    files: {
      "farm.config.mjs": `import { defineConfig } from "@farmfe/core";
import zcache from "zcache/vite";
export default defineConfig({ vitePlugins: [zcache()], compilation: { input: { main: "./src/main.ts" }, sourcemap: true, minify: false, presetEnv: false, persistentCache: false, output: { path: "out", entryFilename: "[entryName].js", targetEnv: "node", format: "esm" } } });`,
    },
    build: "farm build",
    start: bundled,
    // Farm drops the errors that plugins of Vite's kind find at the end of a build.
    mistakes: false,
    types: false,
    watch: { command: "farm watch", ask: bundled },
  },
  {
    name: "Bun's bundler",
    own: "Bun's bundler",
    packages: ["bun", "typescript@5.9", "@types/node@20"],
    files: {
      "build.ts": `import zcache from "zcache/bun";
const { success, logs } = await Bun.build({ entrypoints: ["src/main.ts"], outdir: "out", target: "node", sourcemap: "linked", throw: false, plugins: [zcache()] });
for (const log of logs) console.error(log);
if (!success) process.exit(1);`,
    },
    build: "bun build.ts",
    start: bundled,
  },
  {
    name: "Bun",
    own: "Bun",
    packages: ["bun", "@types/node@20"],
    files: { "bunfig.toml": 'preload = ["zcache/register"]' },
    build: null,
    start: "bun src/main.ts",
    // bun --watch doesn't watch what a plugin has loaded.
    types: false,
  },
  {
    name: "vitest in a monorepo",
    own: "vitest in a monorepo",
    packages: ["vitest", "vite"],
    at: "packages/shop",
    fromEntry: "./",
    files: {
      "package.json": { name: "acme", private: true, type: "module", workspaces: ["packages/*"] },
      "packages/shop/package.json": { name: "shop", private: true, type: "module" },
      "packages/shop/tsconfig.json": { ...tsconfig, extends: "../../tsconfig.base.json" },
      "packages/shop/vitest.config.ts": `import zcache from "zcache/vite";
import { defineProject } from "vitest/config";
export default defineProject({ plugins: [zcache()] });`,
      "vitest.config.ts": `import { defineConfig } from "vitest/config";
export default defineConfig({ test: { projects: ["packages/*"] } });`,
      "packages/shop/src/main.test.ts": `import { test } from "vitest"; test("runs", async () => { await import("./main"); await new Promise((r) => setTimeout(r, 300)); });`,
    },
    build: null,
    start: "vitest run",
    watch: { command: "vitest --watch" },
    types: false,
  },
  ...["turbopack", "webpack"].map((bundler) => ({
    name: `Next 16, ${bundler}`,
    own: `Next 16, ${bundler}`,
    generator:
      "npx -y create-next-app@16 shop --ts --app --src-dir --no-eslint --no-tailwind --no-react-compiler --import-alias @/* --use-npm --yes --disable-git --skip-install",
    env: { PORT: "4391", NODE_OPTIONS: "--enable-source-maps" },
    entry: "src/app/api/shop/route.ts",
    fromEntry: "../../../",
    files: (read) => ({
      // The template's own load fonts from the network.
      "src/app/layout.tsx": `export default function RootLayout({ children }: { children: React.ReactNode }) {
  return <html lang="en"><body>{children}</body></html>;
}`,
      "src/app/page.tsx": `export default function Home() { return <p>shop</p>; }`,
      "src/app/api/shop/route.ts": `import { connection } from "next/server";
import { reprice } from "../../../calls-only";
import { fail, run } from "../../../service";

export async function GET(): Promise<Response> {
  await connection();
  const result = (await run()) as object;
  const where = await fail(true).catch((error: Error) => console.error(error));
  return Response.json({ ...result, repriced: await reprice(), where });
}
`,
      "next.config.ts": `import type { NextConfig } from "next";
const loaders = ["zcache/loader"];
const nextConfig: NextConfig = {
  cacheComponents: true,
  experimental: { serverSourceMaps: true },
  turbopack: { rules: { "*.ts": { loaders }, "*.tsx": { loaders } } },
  webpack(config) {
    config.module.rules.push({ test: /\\.tsx?$/, exclude: /node_modules/, enforce: "pre", use: loaders });
    return config;
  },
};
export default nextConfig;
`,
      "tsconfig.json": withEntry(read("tsconfig.json")),
    }),
    build: `next build${bundler === "webpack" ? " --webpack" : ""}`,
    start: "next start",
    url: "http://localhost:4391/api/shop",
    out: ".next/server/app/api",
    watch: {
      command: `next dev${bundler === "webpack" ? " --webpack" : ""}`,
      url: "http://localhost:4391/api/shop",
    },
  })),
  ...[
    ["11", "tsc"],
    ["11", "webpack"],
    ["12", "tsc"],
    ["12", "swc"],
    ["12", "rspack"],
  ].map(([version, builder]) => nest(version, builder)),
];

/** The tsconfig that a generator has made, with zcache's entry among its plugins. */
function withEntry(config, entry = { name: "zcache", namespace: "v2" }, more = {}) {
  const { compilerOptions } = config;
  return {
    ...config,
    compilerOptions: {
      ...compilerOptions,
      ...more,
      plugins: [...(compilerOptions.plugins ?? []), entry],
    },
  };
}

function nest(version, builder) {
  const isEsm = version === "12";
  const end = isEsm ? ".js" : "";
  const needsFiles = builder === "rspack";
  return {
    name: `Nest ${version}, ${builder}`,
    own: `Nest ${version}`,
    generator: `npx -y @nestjs/cli@${version} new shop --package-manager npm --skip-install --skip-git --strict`,
    needless,
    packages: isEsm
      ? [
          "typescript@6",
          "ts-patch@3",
          "webpack",
          "ts-loader",
          "@swc/cli",
          "@swc/core",
          "@rspack/core",
          "webpack-node-externals",
          "tsconfig-paths-webpack-plugin",
        ]
      : ["ts-patch@3"],
    type: isEsm ? "module" : "commonjs",
    extensions: end,
    env: { PORT: "4392" },
    without: ["src/app.controller.spec.ts", "test"],
    entry: "src/app.controller.ts",
    files: (read) => ({
      "src/app.controller.ts": `import { Controller, Get } from "@nestjs/common";
import { AppService } from "./app.service${end}";
import { reprice } from "./calls-only${end}";
import { fail, run } from "./service${end}";

@Controller()
export class AppController {
  constructor(private readonly appService: AppService) {}

  // @zcache key: "hello:{name}"
  async hello(name: string): Promise<string> {
    return name + this.appService.getHello.length;
  }

  @Get("shop")
  async getShop(): Promise<object> {
    const result = (await run()) as object;
    await fail(true).catch((error: Error) => console.error(error));
    return { ...result, repriced: await reprice() };
  }
}
`,
      "nest-cli.json": {
        ...read("nest-cli.json"),
        compilerOptions: {
          deleteOutDir: true,
          plugins: ["zcache/transformer"],
          builder: needsFiles
            ? { type: builder, options: { configPath: "rspack.config.cjs" } }
            : builder,
        },
      },
      ...(needsFiles && {
        "rspack.config.cjs": `const zcache = require("zcache/rspack");
module.exports = (options) => ({ ...options, devtool: "source-map", plugins: [...options.plugins, zcache()] });`,
      }),
      "tsconfig.json": withEntry(
        read("tsconfig.json"),
        {
          name: "zcache",
          transform: "zcache/transformer",
          transformProgram: true,
          namespace: "v2",
        },
        { types: ["node"] },
      ),
    }),
    // The swc builder has no place for zcache.
    build: builder === "swc" ? "tspc -p tsconfig.build.json" : "nest build",
    start: "node --enable-source-maps dist/main.js",
    url: "http://localhost:4392/shop",
    stack: builder !== "webpack",
    out: "dist",
    watch:
      builder === "swc"
        ? undefined
        : { command: "nest start --watch", url: "http://localhost:4392/shop" },
  };
}
