import { type PlannedTarget } from "../plan/analyze-file";
import { type Check, type CheckContext } from "../plan/check-context";
import { storedTypeOf } from "../plan/type-graph";
import { problem } from "../context/rules";
import { partName } from "./codec-fidelity";
import { findChangeable, hasObjects } from "./types/changeable-part";

/**
 * Checks that callers can't change a result that `share` hands to all of them, as far as types
 * show.
 */
export const checkSharedResult: Check = (context) => {
  for (const target of context.targets) {
    const { options, owner } = target;
    if (!options.share) continue;
    const type = resultOf(context, target);
    const found = type && findChangeable(context, type);
    if (!found) continue;
    const { path, what, instead } = found;
    context.report(
      problem(
        "changeableResult",
        options.shareSpan ?? target.word,
        owner,
        partName(path),
        what,
        instead,
      ),
      target,
    );
  }
};

/** Whether `share` would save a copy, and the type allows it. */
export function canShare(context: CheckContext, target: PlannedTarget): boolean {
  const type = resultOf(context, target);
  return type !== null && hasObjects(context, type) && findChangeable(context, type) === null;
}

function resultOf({ ts, checker }: CheckContext, { target, plan }: PlannedTarget) {
  return storedTypeOf(ts, checker, target.node, plan.batch !== null);
}
