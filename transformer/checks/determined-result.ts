import type ts from "typescript";
import { lineNumber } from "../context/line-number";
import { type PlannedTarget } from "../plan/analyze-file";
import { problem } from "../context/rules";
import { storedTypeOf } from "../plan/type-graph";
import { type Check, type CheckContext } from "../plan/check-context";
import { partName } from "./codec-fidelity";
import { findMomentCalls } from "./code/moment-calls";
import { membersOf } from "./types/type-shape";
import { nameOfType } from "./types/type-walk";
import { findUnshareable, type UnshareablePart } from "./types/unshareable-type";
import { isValidation } from "./code/validation";

/** Checks that others may have the result: now, later, and in another process. */
export const checkDeterminedResult: Check = (context) => {
  for (const target of context.targets) {
    const type = storedTypeOf(
      context.ts,
      context.checker,
      target.target.node,
      target.plan.batch !== null,
    );
    if (type) checkResult(context, target, type);
    checkMoment(context, target);
  }
};

const advice: Readonly<Record<UnshareablePart["kind"], string>> = {
  function: "It can't be stored. Return the data that it works on.",
  handle: "It lives in this process only. Return plain data that is read from it.",
  iterator: "It can be read once. Collect it into an array.",
  request: "It belongs to one caller. Return the part that is needed.",
  response:
    "It can be read once, by one caller. Return the part that is needed, such as its parsed body.",
  signal: "It belongs to one caller. Leave it out.",
  stream: "It can be read once. Read it to its end, and return its content.",
};

function checkResult(context: CheckContext, target: PlannedTarget, type: ts.Type): void {
  const { TypeFlags } = context.ts;
  const { owner, word } = target;
  if (
    membersOf(context, type).every(
      ({ flags }) => flags & (TypeFlags.Undefined | TypeFlags.Void | TypeFlags.Never),
    )
  ) {
    if (!isValidation(context, target.target.node))
      context.report(problem("nothingToCache", word, owner, nameOfType(context, type)), target);
    return;
  }
  const found = findUnshareable(context, type);
  if (!found) return;
  const { path, what, isOneOf, isForeign, kind } = found;
  const told = problem(
    "unshareableResult",
    word,
    owner,
    partName(path),
    what,
    isOneOf,
    advice[kind],
  );
  context.report(isForeign ? { ...told, grade: "hint" } : told, target);
}

function checkMoment(context: CheckContext, target: PlannedTarget): void {
  const found = findMomentCalls(context, target.target.node);
  if (found.length === 0) return;
  const lineOf = ({ node }: (typeof found)[number]): number =>
    lineNumber(context.sourceFile, node.getStart());
  const calls = found.slice(0, 3).map((call) => `${call.text} on line ${lineOf(call)}`);
  const on = [...new Set(found.map((call) => call.on))];
  context.report(
    problem("undeterminedResult", target.word, target.owner, calls.join(", "), on.join(" and ")),
    target,
  );
}
