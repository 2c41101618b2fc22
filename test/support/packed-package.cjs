"use strict";
/**
 * What a test imports of the runtime is taken from the package as users get it, in the folder that ZCACHE_PACKAGE names:
 * from its bundle, whatever that exports, else from the file of its own that the package has for the module. Those
 * share the bundle's registry, as two copies of zcache in one process do; but their classes are their own.
 */
const { existsSync } = require("node:fs");
const Module = require("node:module");
const { join, relative, resolve, sep } = require("node:path");

const sources = resolve(__dirname, "../../runtime");
const dist = join(process.env.ZCACHE_PACKAGE, "dist/runtime");
const bundle = require(join(dist, "zcache.js"));
const load = Module._load;
const made = new Map();

Module._load = function (request, parent, ...rest) {
  const file = request.startsWith(".") && parent?.filename ? resolve(parent.filename, "..", request) : null;
  if (file === null || (file !== sources && !file.startsWith(sources + sep)))
    return load.call(this, request, parent, ...rest);
  const name = relative(sources, file).replace(/\.ts$/, "");
  const built = existsSync(join(dist, name, "index.js")) || name === "" ? join(name, "index") : name;
  if (!made.has(built)) made.set(built, fromPackage(built));
  return made.get(built);
};

/** Types alone have a file without exports. */
function fromPackage(name) {
  const own = require(join(dist, `${name}.js`));
  if (name.startsWith("testing")) return own;
  const names = Object.keys(own);
  return Object.fromEntries(names.map((one) => [one, Object.hasOwn(bundle, one) ? bundle[one] : own[one]]));
}
