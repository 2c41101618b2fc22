/**
 * Makes a module's default export, which is a function, the module itself, for `require` in
 * CommonJS configurations: `const zcache = require("zcache/webpack")`.
 */
export function makeCallable(module: NodeJS.Module, main: Function): void {
  module.exports = Object.assign(main, module.exports as object);
}
