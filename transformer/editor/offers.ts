import { type CheckContext } from "../plan/check-context";
import { canShare } from "../checks/shared-result";
import { type Annotation } from "./annotations";
import { setOption } from "./change-directive";
import { type QuickFix } from "./quick-fixes";

/**
 * Returns changes to a directive in which nothing is wrong: `share: true` where the type allows it.
 */
export function offersFor(
  context: CheckContext,
  { found, directive, planned }: Annotation,
): readonly QuickFix[] {
  if (!planned || planned.options.share || planned.options.shareSpan || !canShare(context, planned))
    return [];
  const change = setOption(
    { ...found, directive, source: context.sourceFile.text },
    "share",
    "true",
  );
  return change
    ? [{ description: "Write share: true, because the result is readonly", change }]
    : [];
}
