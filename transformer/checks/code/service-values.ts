import { type CheckContext } from "../../plan/check-context";
import { Fields } from "./fields";
import { type Step } from "./origin";
import { declaredMember } from "./receiver-reads";

/** What a service is told of the program's settings. */
const settingsTypes = /(?:Config|Configuration|Settings|Env|Environment|Options)(?:Service|Provider)?$/;

/**
 * May `tenant` of `this.db.tenant` differ between two services of the type? Not what a library declares, nor what the class
 * gives all its objects, nor a setting of the program.
 */
export function memberVaries(context: CheckContext, { symbol, node }: Step): boolean {
  const { ts, checker } = context;
  const declaration = symbol?.valueDeclaration;
  if (!symbol || !declaration || declaration.getSourceFile().isDeclarationFile) return false;
  const holder = ts.isPropertyAccessExpression(node)
    ? checker.getTypeAtLocation(node.expression).getSymbol()?.name
    : null;
  if (settingsTypes.test(holder ?? "")) return false;
  if (ts.isPropertySignature(declaration)) return true;
  if (ts.isGetAccessor(declaration)) return !declaration.body;
  const owner = ts.isParameter(declaration) ? declaration.parent.parent : declaration.parent;
  if (!ts.isClassLike(owner)) return false;
  const fields = new Fields(context, { of: owner, exact: false });
  return fields.fieldOf(declaredMember(context, symbol)).kind === "given";
}
