import type ts from "typescript";
import { walkTree } from "../../context/walk-tree";
import { visitNames, visitNodesWith } from "../../context/word-places";
import { unwrap } from "../../context/wrappers";
import { type CheckContext } from "../../plan/check-context";
import { codeOf } from "./loader-reads";
import { isObserved } from "./observation";
import { assignedValue, writeOf } from "./assignments";
import { functionAround, isWithin } from "./syntax-ranges";
import { copiedOver, mayAssign } from "./property-writes";
import { type Reachable } from "./reachable-code";
import { sourcesOf } from "./variation";
import { isSetUp } from "./set-up";

/**
 * Objects of the platform that a whole program shares. They have no declaration from which one
 * could see what changes them.
 */
const sharedObjects = /^(?:globalThis|global|window|self|process\.env)$/;
const sharedWords = ["globalThis", "global", "window", "self", "process.env"];

/**
 * Returns `globalThis.region` and `process.env.REGION` if a function of the program sets it to what
 * its caller passes.
 */
export function sharedObjectReads(
  context: CheckContext,
  loader: ts.Node,
  { invocations }: Reachable,
): readonly string[] {
  const found = new Set<string>();
  for (const { body: code } of invocations)
    for (const part of partsReadIn(context, codeOf(code)))
      if (isSetByCaller(context, part, loader)) found.add(`${part.holder}.${part.name}`);
  return [...found];
}

interface Part {
  readonly holder: string;
  readonly name: string;
}

const knownParts = new WeakMap<ts.Node, readonly Part[]>();

/** Returns what the code reads of these objects. Most code names none of them. */
function partsReadIn(context: CheckContext, code: ts.Node | undefined): readonly Part[] {
  const { ts } = context;
  if (!code) return [];
  const before = knownParts.get(code);
  if (before) return before;
  const found: Part[] = [];
  visitNodesWith(ts, code, sharedWords, (node) => {
    if (ts.isTypeNode(node)) return "skip";
    const part = partOf(context, node);
    if (part && !writeOf(ts, node as ts.Expression) && !isObserved(ts, node)) found.push(part);
    return undefined;
  });
  knownParts.set(code, found);
  return found;
}

function partOf({ ts }: CheckContext, node: ts.Node): Part | null {
  const isAccess = ts.isPropertyAccessExpression(node) || ts.isElementAccessExpression(node);
  if (!isAccess) return null;
  const holder = unwrap(ts, node.expression).getText();
  if (!sharedObjects.test(holder)) return null;
  const name = ts.isPropertyAccessExpression(node) ? node.name : node.argumentExpression;
  return ts.isIdentifier(name) === ts.isPropertyAccessExpression(node) ||
    ts.isStringLiteralLike(name)
    ? { holder, name: (name as ts.Identifier | ts.StringLiteralLike).text }
    : null;
}

function isSetByCaller(context: CheckContext, { holder, name }: Part, loader: ts.Node): boolean {
  const { ts, program } = context;
  let isSet = false;
  for (const file of program.getSourceFiles()) {
    const mayWrite = mayAssign(file, name) || file.text.includes("Object.assign(");
    if (isSet || file.isDeclarationFile || !mayWrite) continue;
    const visit = (node: ts.Node): void => {
      const value = valueWritten(context, node, { holder, name });
      isSet ||=
        value !== null &&
        !isWithin(value, loader) &&
        functionAround(ts, value) !== null &&
        !isSetUp(context, value) &&
        sourcesOf(context, value).size > 0;
    };
    visitNames(ts, file, new Set([name]), visit);
    if (file.text.includes(`["${name}"]`))
      walkTree(ts, file, (node) => {
        if (ts.isStringLiteralLike(node) && node.text === name) visit(node);
        return undefined;
      });
  }
  return isSet;
}

/** `process.env.REGION = region`, `Object.assign(process.env, { REGION: region })` */
function valueWritten(
  context: CheckContext,
  node: ts.Node,
  { holder, name }: Part,
): ts.Expression | null {
  const { ts } = context;
  const copied = copiedOver(ts, node);
  if (copied) return unwrap(ts, copied.target).getText() === holder ? copied.value : null;
  const part = partOf(context, node.parent);
  if (part?.holder !== holder || part.name !== name) return null;
  const write = writeOf(ts, node.parent as ts.Expression);
  return write && assignedValue(ts, write);
}
