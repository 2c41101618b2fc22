import type ts from "typescript";
import { createExpression } from "./code";
import { type Emission, type Planned } from "./emission";
import { becomesProperty, objectPieces, propertyPieces } from "./forms";

export function rewriteObjectLiteral(
  emission: Emission,
  literal: ts.ObjectLiteralExpression,
): ts.Expression {
  const { ts } = emission.context;
  let changed = false;
  const properties = literal.properties.map((property) => {
    const planned = ts.isMethodDeclaration(property) ? emission.plannedOf(property) : undefined;
    if (!planned || !ts.isMethodDeclaration(property) || !becomesProperty(emission, planned))
      return property;
    changed = true;
    return createProperty(emission, property, planned);
  });
  const pieces = objectPieces(emission, literal);
  const updated = changed ? ts.factory.updateObjectLiteralExpression(literal, properties) : literal;
  if (pieces.length === 1) return updated;
  return createExpression(
    ts,
    pieces.map((piece) => (piece === literal ? updated : piece)),
  );
}

function createProperty(
  emission: Emission,
  method: ts.MethodDeclaration,
  planned: Planned,
): ts.PropertyAssignment {
  const { ts } = emission.context;
  const { modifiers, name, typeParameters, parameters, type, body } = method;
  const copy = ts.factory.createMethodDeclaration(
    modifiers,
    undefined,
    name,
    undefined,
    typeParameters,
    parameters,
    type,
    body,
  );
  // The property prints the comments.
  const loader = ts.setEmitFlags(ts.setTextRange(copy, method), ts.EmitFlags.NoComments);
  const pieces = propertyPieces(emission, method, planned).map((piece) =>
    piece === method ? loader : piece,
  );
  const holder = createExpression(ts, ["{ ", ...pieces, " }"]) as ts.ObjectLiteralExpression;
  return ts.setTextRange(holder.properties[0] as ts.PropertyAssignment, method);
}
