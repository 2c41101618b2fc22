import type ts from "typescript";
import { type CheckContext } from "./check";
import { resolveSymbol } from "./operation-symbols";
import { type TypeContext } from "./platform-types";

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

/**
 * Are values of this class made by `new`? An object literal can't stand for them where the constructor takes something or
 * a member is private. For a class of data alone it can, and does where a framework only fills it in: unless the program
 * makes one itself.
 */
export function isMadeByNew(context: TypeContext, type: ts.Type): boolean {
  const { ts, checker } = context;
  if (type.isIntersection()) return type.types.some((member) => isMadeByNew(context, member));
  const owner = type.getSymbol()?.valueDeclaration;
  if (!owner || !ts.isClassLike(owner)) return false;
  const hidden = ts.ModifierFlags.Private | ts.ModifierFlags.Protected;
  const isHidden = (property: ts.Symbol): boolean =>
    (property.declarations ?? []).some((declaration) => ts.getCombinedModifierFlags(declaration) & hidden);
  if (checker.getPropertiesOfType(type).some(isHidden)) return true;
  const signatures = checker.getTypeOfSymbol(type.symbol).getConstructSignatures();
  if (signatures.some(({ parameters }) => parameters.length > 0)) return true;
  return owner.name !== undefined && constructionsOf(context, owner).length > 0;
}

function constructionsOf(context: TypeContext, owner: ts.ClassLikeDeclaration): readonly ts.NewExpression[] {
  const { ts, program } = context;
  const ofProgram = known.get(program) ?? new Map<ts.ClassLikeDeclaration, readonly ts.NewExpression[]>();
  known.set(program, ofProgram);
  const before = ofProgram.get(owner);
  if (before) return before;
  const found: ts.NewExpression[] = [];
  const name = (owner.name as ts.Identifier).text;
  const visit = (node: ts.Node): void => {
    if (
      ts.isNewExpression(node) &&
      lastName(ts, node.expression) === name &&
      resolveSymbol(context, node.expression)?.valueDeclaration === owner
    )
      found.push(node);
    ts.forEachChild(node, visit);
  };
  for (const file of program.getSourceFiles()) if (!file.isDeclarationFile && file.text.includes(name)) visit(file);
  ofProgram.set(owner, found);
  return found;
}

/** The name alone decides most of the time, without types. */
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
