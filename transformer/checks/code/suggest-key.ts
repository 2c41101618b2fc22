import { type PlannedTarget } from "../../plan/analyze-file";
import { type CheckContext } from "../../plan/check-context";
import { isData } from "../types/value-types";

/** The template of a key with these placeholders too: the one there is, or one over all parameters in place of the default key. */
export function suggestKey(context: CheckContext, planned: PlannedTarget, placeholders: readonly string[]): string {
  const { options, plan, owner } = planned;
  if (options.key) return [options.key.text, ...placeholders].join(":");
  const parameters = plan.key.parameters.flatMap(({ local }, position) => {
    if (!isKeyed(context, planned, position)) return [];
    return isName(local) ? [`{${local}}`] : [`{${position}}`];
  });
  return [owner, ...placeholders, ...parameters].join(":");
}

/** A service or a signal can't be part of a key, and an explicit one leaves it out. */
function isKeyed(context: CheckContext, { target }: PlannedTarget, position: number): boolean {
  const { ts, checker } = context;
  const parameter = target.node.parameters.filter(({ name }) => name.getText() !== "this")[position];
  const type = parameter && checker.getTypeAtLocation(parameter);
  return (
    !type ||
    (type.flags & (ts.TypeFlags.Any | ts.TypeFlags.Unknown | ts.TypeFlags.TypeParameter)) !== 0 ||
    isData(context, type)
  );
}

/** Not one that was made up for a destructured parameter. */
function isName(local: string): boolean {
  return !/^_+\d+$/.test(local);
}
