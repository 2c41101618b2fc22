/**
 * Makes a module the function that it has as its default export, for `require` in configurations
 * that are CommonJS:
 * `const zcache = require("zcache/webpack")`.
 */
export function makeCallable(module: NodeJS.Module, main: Function): void {
  module.exports = Object.assign(main, module.exports as object);
}
