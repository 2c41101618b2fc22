/**
 * Stops for a debugger before each CommonJS module runs, which V8's instrumentation breakpoints
 * don't do.
 */
const { Module } = require("node:module");
const { compileFunction } = require("node:vm");

const compile = Module.prototype._compile;
Module.prototype._compile = function (content, filename, ...rest) {
  try {
    // So that the debugger knows the text, and its map, under the name that the module has.
    compileFunction(
      content.replace(/^#!.*/, ""),
      ["exports", "require", "module", "__filename", "__dirname"],
      {
        filename,
      },
    );
    // oxlint-disable-next-line no-debugger
    debugger;
  } catch {
    // It isn't CommonJS, and what follows says so.
  }
  return compile.call(this, content, filename, ...rest);
};
