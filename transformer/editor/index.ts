import type ts from "typescript";
import { decorate } from "./plugin";

/**
 * The module that tsserver loads for `"name": "zcache"` in the plugin entry. tsserver takes nothing
 * but a bare package name, ignores `exports` and resolves as TypeScript resolves a JavaScript file:
 * `typesVersions` in package.json leads it here, and nothing else.
 */
function init({ typescript }: { readonly typescript: typeof ts }): ts.server.PluginModule {
  return { create: (info) => decorate(typescript, info) };
}

export = init;
