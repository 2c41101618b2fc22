"use strict";
/**
 * Takes the test's imports of the runtime from the package as users get it, in the folder that
 * ZCACHE_PACKAGE names. They come from its bundle, including what the bundle doesn't export, so
 * that a test sees one copy of each class and function. Only what the bundle doesn't contain
 * (`testing`, `opentelemetry`, what nothing in it calls) comes from its own file.
 */
const { existsSync, realpathSync } = require("node:fs");
const Module = require("node:module");
const { join, relative, resolve, sep } = require("node:path");

const sources = resolve(__dirname, "../../runtime");
const dist = join(realpathSync(process.env.ZCACHE_PACKAGE), "dist/runtime");
const bundle = join(dist, "zcache.js");
const { _load: load } = Module;
const { _compile: compile } = Module.prototype;
const made = new Map();

Module._load = function (request, parent, ...rest) {
  const file =
    request.startsWith(".") && parent?.filename ? resolve(parent.filename, "..", request) : null;
  if (file === null || (file !== sources && !file.startsWith(sources + sep)))
    return load.call(this, request, parent, ...rest);
  const name = relative(sources, file).replace(/\.ts$/, "");
  const built =
    existsSync(join(dist, name, "index.js")) || name === "" ? join(name, "index") : name;
  if (!made.has(built)) made.set(built, fromPackage(built));
  return made.get(built);
};

// The bundle itself stays as it is. One statement after its last one exposes the names at its top
// level.
Module.prototype._compile = function (code, file, ...rest) {
  return compile.call(
    this,
    file === bundle ? `${code}\nmodule.topLevel = ${topLevelOf(code)};` : code,
    file,
    ...rest,
  );
};

/**
 * Makes an object literal of each module's declarations. esbuild writes one comment with the path
 * before each module.
 */
function topLevelOf(code) {
  const modules = new Map();
  for (const [, name, text] of code.matchAll(
    /^\/\/ runtime\/(.+)\.ts$([^]*?)(?=^\/\/ |(?![^]))/gm,
  )) {
    const declared = text.matchAll(/^(?:(?:async )?function\*?|class|var|let|const) ([\w$]+)/gm);
    modules.set(name, [...(modules.get(name) ?? []), ...Array.from(declared, ([, one]) => one)]);
  }
  const literals = Array.from(modules, ([name, declared]) => {
    return `${JSON.stringify(name)}: { ${declared.map((one) => `get ${one}() { return ${one}; }`).join(", ")} }`;
  });
  return `{ ${literals.join(", ")} }`;
}

/** Returns what a module exports. A file of types alone has no exports. */
function fromPackage(name) {
  require(bundle);
  const own = require(join(dist, `${name}.js`));
  const bundled = require.cache[bundle].topLevel[name.split(sep).join("/")] ?? {};
  const exported = {};
  for (const one of Object.keys(own)) {
    const inBundle = declarationOf(one, Object.keys(bundled));
    const get = inBundle === undefined ? () => own[one] : () => bundled[inBundle];
    Object.defineProperty(exported, one, { enumerable: true, get });
  }
  return exported;
}

/** Finds a declaration. esbuild adds a number to a name that two modules declare. */
function declarationOf(name, declared) {
  if (declared.includes(name)) return name;
  const numbered = declared.filter(
    (one) => one.startsWith(name) && /^\d+$/.test(one.slice(name.length)),
  );
  if (numbered.length > 1) throw new Error(`The bundle has ${numbered.join(" and ")} for ${name}.`);
  return numbered[0];
}
