import type ts from "typescript";
import { createStatements } from "./code";
import { type Emission, type Planned } from "./emission";

/**
 *     export async function load(id) { … }
 *
 * becomes the loader, the cached function under the original name, and a call at the top
 * of the block that joins them. All three are hoisted, so that calls above the
 * declaration, and from files that import each other, find what they'd find without us.
 *
 *     zc.attach(load, load_plan, load_loader);
 *     async function load_loader(id) { … }
 *     export async function load(_0) { return zc.call(load_plan, load_loader, this, arguments); }
 *
 * The cached function is async where the loader is: only then is it of the same kind, without a `prototype`. It has no
 * `await`: with one, V8 takes 70 ns more for each call, whether it gets there or not.
 */
export function rewriteDeclaration(
  emission: Emission,
  node: ts.FunctionDeclaration,
  { planName, target }: Planned,
): { readonly statements: ts.Statement[]; readonly attach: string } {
  const { ts } = emission.context;
  const loaderName = emission.free(`${target.name ?? "default"}_loader`);
  // An anonymous default export gets a name to attach to; the one that callers see is still "default".
  const name = node.name?.text ?? emission.free("default_export");
  const words = (node.modifiers ?? [])
    .map(({ kind }) => kind)
    .filter((kind) => kind === ts.SyntaxKind.ExportKeyword || kind === ts.SyntaxKind.DefaultKeyword);
  const isAsync = (ts.getCombinedModifierFlags(node) & ts.ModifierFlags.Async) !== 0;
  const head = [...words.map((word) => ts.tokenToString(word)), isAsync ? "async function" : "function", name].join(
    " ",
  );
  const call = emission.runtimeText(isAsync ? "call" : "callPlain");
  const wrapper = createStatements(
    ts,
    `${head}(${parameterNames(emission, node)}) { return ${call}(${planName}, ${loaderName}, this, arguments); }`,
  );
  const shownName = node.name ? "" : `, "default"`;
  return {
    statements: [createLoader(emission, node, loaderName), ...wrapper],
    attach: `${emission.runtimeText("attach")}(${name}, ${planName}, ${loaderName}${shownName});`,
  };
}

/** For its `length`: to define that later costs each function half a kilobyte. */
function parameterNames({ context: { ts } }: Emission, { parameters }: ts.FunctionDeclaration): string {
  const passed = parameters.filter(({ name }) => !(ts.isIdentifier(name) && name.text === "this"));
  const end = passed.findIndex(({ initializer, dotDotDotToken }) => initializer ?? dotDotDotToken);
  return (end === -1 ? passed : passed.slice(0, end)).map((_, i) => `_${i}`).join(", ");
}

function createLoader({ context: { ts } }: Emission, node: ts.FunctionDeclaration, name: string): ts.Statement {
  const modifiers = node.modifiers?.filter(({ kind }) => kind === ts.SyntaxKind.AsyncKeyword);
  return ts.factory.updateFunctionDeclaration(
    node,
    modifiers,
    node.asteriskToken,
    ts.factory.createIdentifier(name),
    node.typeParameters,
    node.parameters,
    node.type,
    node.body,
  );
}
