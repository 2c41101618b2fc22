import { type PlannedTarget } from "../../plan/analyze-file";
import { type CheckContext } from "../../plan/check-context";
import { isData } from "../types/value-types";

/**
 * Returns the template of a key that has these placeholders as well: the existing one, or one over
 * all parameters in place of the default key.
 */
export function suggestKey(
  context: CheckContext,
  planned: PlannedTarget,
  placeholders: readonly string[],
): string {
  const { options, plan, owner } = planned;
  if (options.key) return [options.key.text, ...placeholders].join(":");
  const parameters = plan.key.parameters.flatMap(({ local }, position) => {
    if (!isKeyed(context, planned, position)) return [];
    return isName(local) ? [`{${local}}`] : [`{${position}}`];
  });
  return [owner, ...placeholders, ...parameters].join(":");
}

/**
 * Whether the parameter can be in a key. A service or a signal can't, and an explicit key leaves it
 * out.
 */
function isKeyed(context: CheckContext, { target }: PlannedTarget, position: number): boolean {
  const { ts, checker } = context;
  const parameter = target.node.parameters.filter(({ name }) => name.getText() !== "this")[
    position
  ];
  const type = parameter && checker.getTypeAtLocation(parameter);
  return (
    !type ||
    (type.flags & (ts.TypeFlags.Any | ts.TypeFlags.Unknown | ts.TypeFlags.TypeParameter)) !== 0 ||
    isData(context, type)
  );
}

/** Whether the name wasn't made up for a destructured parameter. */
function isName(local: string): boolean {
  return !/^_+\d+$/.test(local);
}
