import type ts from "typescript";
import { type CheckContext } from "./check";
import { resolveSymbol, visitNames } from "./operation-symbols";

const known = new WeakMap<ts.Program, Map<ts.ClassLikeDeclaration, readonly ts.NewExpression[]>>();

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

function constructionsOf(context: CheckContext, owner: ts.ClassLikeDeclaration): readonly ts.NewExpression[] {
  const { ts, program } = context;
  const ofProgram = known.get(program) ?? new Map<ts.ClassLikeDeclaration, readonly ts.NewExpression[]>();
  known.set(program, ofProgram);
  const before = ofProgram.get(owner);
  if (before) return before;
  const found: ts.NewExpression[] = [];
  const name = (owner.name as ts.Identifier).text;
  for (const file of program.getSourceFiles()) {
    if (file.isDeclarationFile) continue;
    visitNames(context, file, new Set([name]), (one) => {
      const made = madeWith(ts, one);
      if (made && resolveSymbol(context, made.expression)?.valueDeclaration === owner) found.push(made);
    });
  }
  ofProgram.set(owner, found);
  return found;
}

/** `new Mailer(…)`, `new mail.Mailer(…)`: where the name is not behind `new`, types need not be asked. */
function madeWith(compiler: typeof ts, name: ts.Identifier): ts.NewExpression | null {
  const { parent } = name;
  const callee = compiler.isPropertyAccessExpression(parent) && parent.name === name ? parent : name;
  return compiler.isNewExpression(callee.parent) && callee.parent.expression === callee ? callee.parent : null;
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
