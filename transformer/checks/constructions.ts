import type ts from "typescript";
import { visitNodesWith } from "../word-places";
import { type CheckContext } from "./check";
import { resolveSymbol } from "./operation-symbols";

/**
 * Does the program give this parameter of a constructor nothing but its own configuration? All objects of the class
 * then have the same value: `new Mailer(config.mail.host)`, `new Api(process.env.API_URL)`. Where the program makes no
 * object of the class, others do.
 */
export function isGivenConfiguration(context: CheckContext, parameter: ts.ParameterDeclaration): boolean {
  const { ts } = context;
  const owner = parameter.parent.parent;
  if (!ts.isConstructorDeclaration(parameter.parent) || !ts.isClassLike(owner) || !owner.name) return false;
  const position = parameter.parent.parameters.indexOf(parameter);
  const values = constructionsOf(context, owner).map((made) => made.arguments?.[position]);
  const [first] = values;
  return (
    first !== undefined &&
    values.every((value) => value !== undefined && value.getText() === first.getText() && isConfiguration(ts, value))
  );
}

const known = new WeakMap<ts.Program, Map<ts.ClassLikeDeclaration, readonly ts.NewExpression[]>>();

function constructionsOf(context: CheckContext, owner: ts.ClassLikeDeclaration): readonly ts.NewExpression[] {
  const { program } = context;
  const ofProgram = known.get(program) ?? new Map<ts.ClassLikeDeclaration, readonly ts.NewExpression[]>();
  known.set(program, ofProgram);
  const before = ofProgram.get(owner);
  if (before) return before;
  const name = (owner.name as ts.Identifier).text;
  const found = program
    .getSourceFiles()
    .flatMap((file) => constructionsIn(context, file).get(name) ?? [])
    .filter(({ expression }) => resolveSymbol(context, expression)?.valueDeclaration === owner);
  ofProgram.set(owner, found);
  return found;
}

/** A file that did not change is read once, whatever the program, and whatever the class. */
const knownByName = new WeakMap<ts.SourceFile, ReadonlyMap<string, readonly ts.NewExpression[]>>();

/** By the last name behind `new`, which most of the time decides without types. */
function constructionsIn({ ts }: CheckContext, file: ts.SourceFile): ReadonlyMap<string, readonly ts.NewExpression[]> {
  const before = knownByName.get(file);
  if (before) return before;
  const found = new Map<string, ts.NewExpression[]>();
  if (!file.isDeclarationFile)
    visitNodesWith(ts, file, ["new"], (node) => {
      const name = ts.isNewExpression(node) ? lastName(ts, node.expression) : null;
      if (name !== null) found.set(name, [...(found.get(name) ?? []), node as ts.NewExpression]);
    });
  knownByName.set(file, found);
  return found;
}

/** `Mailer` of `new Mailer(…)` and of `new mail.Mailer(…)`. */
function lastName(compiler: typeof ts, callee: ts.Expression): string | null {
  if (compiler.isPropertyAccessExpression(callee)) return callee.name.text;
  return compiler.isIdentifier(callee) ? callee.text : null;
}

/** `config.mail.host`, `process.env.API_URL`, `{ host: config.host }` */
function isConfiguration(compiler: typeof ts, value: ts.Expression): boolean {
  if (compiler.isObjectLiteralExpression(value)) {
    return (
      value.properties.length > 0 &&
      value.properties.every(
        (property) => compiler.isPropertyAssignment(property) && isConfiguration(compiler, property.initializer),
      )
    );
  }
  if (compiler.isPropertyAccessExpression(value) || compiler.isElementAccessExpression(value)) {
    return /^(?:process\.env|(?:this\.)?(?:cfg|conf|config|configuration|env|environment|settings))\b/.test(
      value.getText(),
    );
  }
  return false;
}
