import Module from "node:module";
import { pathToFileURL } from "node:url";
import { loadSync } from "./load-hooks";
import { rewriteRequired } from "./require-hook";
import { type BunPlugin } from "./bun";

/**
 * `node --import zcache/register`: for Node's own type stripping, tsx and ts-node. Before or after
 * `--import tsx`, but not in the same place of another's worker. In Bun it is a plugin: `bun
 * --preload zcache/register`.
 */
const { registerHooks, register } = Module as unknown as {
  registerHooks?: (hooks: { load: typeof loadSync }) => void;
  register: (specifier: string, parent: URL) => void;
};

const { Bun } = globalThis as { Bun?: { plugin(plugin: BunPlugin): void } };

if (Bun) {
  const { default: zcache } = require("./bun") as typeof import("./bun");
  Bun.plugin(zcache());
} else {
  // Node 20 has no hooks that run in this thread.
  if (registerHooks) registerHooks({ load: loadSync });
  else register("./load-hooks.js", pathToFileURL(__filename));
  rewriteRequired();
}
