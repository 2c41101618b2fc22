import { type CheckContext } from "../../plan/check-context";
import { fieldsFor } from "./fields";
import { type Step } from "./origin";
import { declaredMember } from "./receiver-reads";

/** Types of a service's parameters that are settings of the program. */
const settingsTypes =
  /(?:Config|Configuration|Settings|Env|Environment|Options)(?:Service|Provider)?$/;

/**
 * Whether `tenant` of `this.db.tenant` may differ between two services of the type. A member
 * doesn't if a library declares it, if the class gives it to all its objects, or if it is a setting
 * of the program.
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
  return (
    fieldsFor(context, { of: owner, exact: false }).fieldOf(declaredMember(context, symbol))
      .kind === "given"
  );
}
