import type ts from "typescript";
import { codecNames } from "../../runtime/plan";
import { type PlannedTarget } from "../plan/analyze-file";
import { toldCodec } from "../directive/resolve-options";
import { problem } from "../context/rules";
import { storedTypeOf } from "../plan/type-graph";
import { type Check, type CheckContext } from "../plan/check-context";
import { type BuiltInCodec, fateOf, findLosses, type Loss } from "./codec-losses";
import { returnedNaN } from "./returned-nan";
import { printPath } from "./types/type-walk";
import { findUnshareable } from "./types/unshareable-type";

/**
 * The codec if neither the directive nor the plugin entry names one. What `configure` sets is not
 * known here.
 */
const defaultCodec = "json";

/**
 * Checks that what a function returns comes out of the cache as it went in. A user's own codecs are
 * trusted.
 */
export const checkCodecFidelity: Check = (context) => {
  for (const target of context.targets) {
    const codec = toldCodec(target.options, context.options) ?? defaultCodec;
    const type = storedTypeOf(
      context.ts,
      context.checker,
      target.target.node,
      target.plan.batch !== null,
    );
    if (!type || !isBuiltIn(codec) || findUnshareable(context, type)?.isForeign === false) continue;
    checkCodec(context, target, type, codec);
  }
};

function isBuiltIn(codec: string): codec is BuiltInCodec {
  return (codecNames as readonly string[]).includes(codec);
}

function checkCodec(
  context: CheckContext,
  target: PlannedTarget,
  type: ts.Type,
  codec: BuiltInCodec,
): void {
  const { owner, word, options } = target;
  const span = options.codecSpan ?? word;
  const { losses, unknown, undefinedProperty } = findLosses(context, type, codec);
  const certain = losses.filter(({ isForeign }) => !isForeign);
  const found = certain.length > 0 ? certain : losses;
  const all =
    found.length > 0 || fateOf("NaN", codec) === "kept"
      ? found
      : returnedNaN(context, target.target.node);
  if (all.length > 0) {
    const change = all.some(({ kind }) => fateOf(kind, codec) === "fails")
      ? "can't store"
      : "would change";
    const better = all.every(({ kind }) => fateOf(kind, "structured") === "kept")
      ? "structured"
      : null;
    const told = problem(
      "unfaithfulCodec",
      span,
      codec,
      change,
      owner,
      listOf(all),
      adviceOn(all, better),
      better,
    );
    context.report(
      all.every(({ isForeign }) => isForeign) ? { ...told, grade: "hint" } : told,
      target,
    );
  } else if (unknown) {
    context.report(
      problem("unknownResult", span, owner, partName(unknown.path), unknown.type, codec),
      target,
    );
  } else if (undefinedProperty !== null && fateOf("undefined", codec) !== "kept") {
    context.report(
      problem("lostUndefined", span, owner, partName(undefinedProperty), codec),
      target,
    );
  }
}

/** Returns the name of a part of the result for messages. */
export function partName(path: string): string {
  if (path === "") return "the result";
  return path.startsWith("[") || path.includes("(") ? `result${path}` : printPath(path);
}

/** Lists the first three, which are enough to understand the problem. */
function listOf(losses: readonly Loss[]): string {
  const shown = losses.slice(0, 3).map(({ path, what }) => `${partName(path)} ${what}`);
  const more = losses.length - shown.length;
  const last = more > 0 ? `${more} more` : shown.length > 1 ? (shown.pop() as string) : null;
  return last === null ? shown.join("") : `${shown.join(", ")}, and ${last}`;
}

function adviceOn(losses: readonly Loss[], better: BuiltInCodec | null): string {
  if (better) return `Write codec: ${better}, which keeps ${losses.length === 1 ? "it" : "them"}.`;
  if (losses.every(({ kind }) => kind === "Promise")) return "Await it before it is returned.";
  return "Return plain data, or use a codec of your own that knows it.";
}
