/**
 * Builds Studio's page into dist/studio/page: a script and a style sheet with a hash of their
 * content in their names, so that a browser may keep them for ever, and manifest.json, which names
 * them:
 *
 * - `html`: the page itself, which refers to the two as `assets/NAME`.
 * - `script`, `style`: the names of the two.
 *
 * The libraries of the page (Preact, signals, uPlot) are in the script, so the package doesn't
 * depend on them.
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { buildSync } from "esbuild";

const root = fileURLToPath(new URL("..", import.meta.url));
const source = `${root}studio/page`;
const folder = `${root}dist/studio/page`;

export function buildStudio() {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const { outputFiles } = buildSync({
    entryPoints: { app: `${source}/main.tsx` },
    outdir: folder,
    entryNames: "[name]-[hash]",
    bundle: true,
    minify: true,
    format: "esm",
    platform: "browser",
    target: ["chrome111", "firefox115", "safari16.4"],
    jsx: "automatic",
    jsxImportSource: "preact",
    define: { "process.env.NODE_ENV": '"production"' },
    legalComments: "none",
    banner: { js: licences },
    logLevel: "warning",
    write: false,
  });
  for (const { path, contents } of outputFiles) writeFileSync(path, contents);
  const nameOf = (ending) => basename(outputFiles.find(({ path }) => path.endsWith(ending)).path);
  const manifest = { html: "index.html", script: nameOf(".js"), style: nameOf(".css") };
  const shell = readFileSync(`${source}/shell.html`, "utf8");
  const html = shell.replace("{script}", manifest.script).replace("{style}", manifest.style);
  writeFileSync(`${folder}/${manifest.html}`, html);
  writeFileSync(`${folder}/manifest.json`, `${JSON.stringify(manifest, null, 2)}\n`);
}

const licences =
  "/*! Preact and @preact/signals, by Jason Miller and the Preact team; uPlot, by Leon Sorokin: MIT licences. */";

if (process.argv[1] === fileURLToPath(import.meta.url)) buildStudio();
