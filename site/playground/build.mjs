/**
 * Builds the playground into site/pages/public/playground: a page, and a worker with the compiler
 * and the transformer in it. It takes the declarations of the package from dist/, so build the
 * package first.
 */
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, "../..");
const out = join(here, "../pages/public/playground");

rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });
for (const file of ["index.html", "style.css"]) copyFileSync(join(here, file), join(out, file));

const shared = {
  bundle: true,
  minify: true,
  format: "esm",
  target: "es2022",
  outdir: out,
  logLevel: "warning",
};
await build({ ...shared, entryPoints: [join(here, "main.ts")] });
await build({
  ...shared,
  entryPoints: [join(here, "worker.ts")],
  define: {
    "process.platform": '"browser"',
    "process.env": "{}",
    __filename: '""',
    __dirname: '"/"',
  },
  external: ["module", "inspector", "perf_hooks", "os", "source-map-support"],
  plugins: [forBrowsers(), libraries()],
});

/**
 * Node's modules, as far as zcache needs them in a browser. Modules that only TypeScript imports
 * are empty.
 */
function forBrowsers() {
  const own = new Map([
    ["fs", join(here, "node/fs.ts")],
    ["crypto", join(here, "node/crypto.ts")],
    ["util", join(here, "node/util.ts")],
    ["path", join(root, "site/node_modules/path-browserify/index.js")],
  ]);
  return {
    name: "for-browsers",
    setup(build) {
      const typescript = join(root, "node_modules/typescript/lib/typescript.js");
      // The cut-out parser is made when the package is built, and is in the compiler already.
      build.onResolve({ filter: /^typescript(-6\.0)?$/ }, () => ({ path: typescript }));
      build.onResolve({ filter: /^(node:)?[a-z_]+$/ }, ({ path, importer }) => {
        const name = path.replace("node:", "");
        if (importer === typescript) return { path: name, namespace: "empty" };
        const file = own.get(name);
        return file === undefined ? undefined : { path: file };
      });
      build.onLoad({ filter: /.*/, namespace: "empty" }, () => ({
        contents: "module.exports = {}",
      }));
    },
  };
}

/** The declarations that examples are checked with, by their paths in the playground. */
function libraries() {
  const read = (files, from, to) =>
    files.map((file) => [
      `${to}/${relative(from, file).replaceAll("\\", "/")}`,
      readFileSync(file, "utf8"),
    ]);
  const declarationsIn = (folder, filter) =>
    readdirSync(folder, { recursive: true, encoding: "utf8" })
      .filter((file) => filter.test(file))
      .map((file) => join(folder, file));
  const compiler = join(root, "node_modules/typescript/lib");
  const runtime = join(root, "dist/runtime");
  return {
    name: "libraries",
    setup(build) {
      build.onResolve({ filter: /^zcache-playground:libraries$/ }, ({ path }) => ({
        path,
        namespace: "libraries",
      }));
      build.onLoad({ filter: /.*/, namespace: "libraries" }, () => ({
        loader: "json",
        contents: JSON.stringify(
          Object.fromEntries([
            ["/playground/globals.d.ts", readFileSync(join(here, "globals.d.ts"), "utf8")],
            [
              "/playground/node_modules/zcache/package.json",
              '{ "name": "zcache", "types": "./runtime/index.d.ts" }',
            ],
            ...read(
              declarationsIn(runtime, /\.d\.ts$/),
              runtime,
              "/playground/node_modules/zcache/runtime",
            ),
            ...read(
              declarationsIn(
                compiler,
                /^lib\.(es5|decorators.*|es20(1\d|2[0-2]).*|esnext\.disposable)\.d\.ts$/,
              ).filter((file) => !file.endsWith(".full.d.ts")),
              compiler,
              "/lib",
            ),
          ]),
        ),
      }));
    },
  };
}
