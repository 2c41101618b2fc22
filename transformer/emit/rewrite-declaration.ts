import type ts from "typescript";
import { createStatements, nameInPlaceOf } from "./code";
import { type Emission, type Planned } from "./emission";
import { declarationForm } from "./forms";

/** @returns what takes the place of the declaration, and what must run at the top of its block */
export function rewriteDeclaration(
  emission: Emission,
  node: ts.FunctionDeclaration,
  planned: Planned,
): {
  readonly loader: ts.Statement;
  readonly wrapper: readonly ts.Statement[];
  readonly attach: string;
} {
  const { loaderName, attach, wrapper } = declarationForm(emission, node, planned);
  const { ts } = emission.context;
  return {
    loader: createLoader(ts, node, loaderName),
    wrapper: createStatements(ts, wrapper),
    attach,
  };
}

function createLoader(
  compiler: typeof ts,
  node: ts.FunctionDeclaration,
  name: string,
): ts.Statement {
  const modifiers = node.modifiers?.filter(({ kind }) => kind === compiler.SyntaxKind.AsyncKeyword);
  return compiler.factory.updateFunctionDeclaration(
    node,
    modifiers,
    node.asteriskToken,
    nameInPlaceOf(compiler, node.name, compiler.factory.createIdentifier(name)),
    node.typeParameters,
    node.parameters,
    node.type,
    node.body,
  );
}
