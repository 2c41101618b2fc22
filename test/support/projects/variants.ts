import { type Project } from "./project";
import { type Workspace } from "./workspace";
import { brokenSource, entrySource, mainSource, usersSource } from "./shop";

/** A way to set up the compiler that changes what it emits. */
export interface Variant {
  readonly name: string;
  readonly options: Readonly<Record<string, string | boolean>>;
  readonly isModule: boolean;
}

const commonjs = { module: "commonjs", moduleResolution: "node10" };
const bundler = { module: "esnext", moduleResolution: "bundler", verbatimModuleSyntax: true };

export const variants: readonly Variant[] = [
  { name: "commonjs", options: commonjs, isModule: false },
  { name: "nodenext", options: {}, isModule: false },
  { name: "nodenext-module", options: {}, isModule: true },
  { name: "bundler-verbatim", options: bundler, isModule: true },
  { name: "isolated-modules", options: { isolatedModules: true }, isModule: false },
  { name: "import-helpers", options: { importHelpers: true, target: "es2017" }, isModule: false },
  { name: "remove-comments", options: { removeComments: true }, isModule: true },
  { name: "es2017", options: { target: "es2017" }, isModule: true },
  { name: "es2022", options: { ...commonjs, target: "es2022" }, isModule: false },
  { name: "esnext", options: { target: "esnext" }, isModule: true },
];

/**
 * One for each way to resolve and to write modules: where a mode does not depend on what is
 * emitted.
 */
export const moduleVariants = variants.slice(0, 4);

/** The same sources for all of them, but for the `.js` that Node's modules need. */
export function createShop(workspace: Workspace, variant: Variant, mode: string): Project {
  const extension = variant.isModule ? ".js" : "";
  // Node runs no decorators, and esnext leaves them as they are.
  const decorator = variant.options["target"] === "esnext" ? "" : "  @traced\n";
  const adapt = (text: string): string =>
    text.replaceAll('.js";', `${extension}";`).replace("  @traced\n", decorator);
  return workspace.create(`${mode}/${variant.name}`, {
    options: variant.options,
    packageJson: { type: variant.isModule ? "module" : "commonjs" },
    files: {
      "src/globals.d.ts": "declare const console: { log(text: string): void };\n",
      "src/users.ts": adapt(usersSource),
      "src/main.ts": adapt(mainSource),
      "src/broken.ts": adapt(brokenSource),
      "src/entry.ts": adapt(entrySource),
    },
  });
}
