import type ts from "typescript";
import { oncePerProgram } from "../../context/once-per-program";
import { walkTree } from "../../context/walk-tree";
import { type CheckContext } from "../../plan/check-context";
import { callsOf, callsOfDeclared, type FunctionCall, functionParameter } from "./function-calls";
import { resolveSymbol } from "./resolve-symbol";
import { isInTransactional } from "./transaction-scopes";
import {
  type Adapter,
  bodyOfArgument,
  type TransactionBeginning,
  transactionBeginnings,
  type TransactionCall,
  withCodeInside,
} from "./transaction-calls";

/**
 * Returns the transactions that the file begins, by a library's own function or by one of the
 * program's functions that passes its argument on to a library: `inTransaction(db, async (tx) =>
 * …)`.
 */
export function transactionsOf(context: CheckContext): readonly TransactionCall[] {
  const { sourceFile } = context;
  const ofLibraries = transactionBeginnings(context, sourceFile).flatMap(
    (one) => withCodeInside(context, one) ?? [],
  );
  return [...ofLibraries, ...(wrappedTransactions(context).get(sourceFile) ?? [])];
}

/** A function of the program that runs what one of its parameters is given inside a transaction. */
interface Wrapper {
  readonly owner: ts.SignatureDeclaration;
  readonly position: number;
  readonly adapter: Adapter;
}

const invalidations = /\binvalidateTag|\.\s*(?:invalidate|refresh)\b/;

/** The calls of such functions, by the file that they are in. */
const wrappedTransactions = oncePerProgram((context: CheckContext) => {
  const { program } = context;
  const found = new Map<ts.SourceFile, TransactionCall[]>();
  const own = program
    .getSourceFiles()
    .filter((file) => !file.isDeclarationFile && !program.isSourceFileFromExternalLibrary(file));
  // If nothing is invalidated, transactions don't matter.
  if (!own.some(({ text }) => invalidations.test(text))) return found;
  const seen: Wrapper[] = [];
  const begun = own.flatMap((file) => transactionBeginnings(context, file));
  const open = begun.flatMap((one) => wrappersAround(context, one, withCodeInside(context, one)));
  for (let wrapper = open.pop(); wrapper; wrapper = open.pop()) {
    const { owner, position } = wrapper;
    if (seen.some((one) => one.owner === owner && one.position === position)) continue;
    seen.push(wrapper);
    for (const { node: call } of callsOfWrapper(context, wrapper)) {
      const one = transactionOf(context, call, wrapper);
      open.push(...wrappersAround(context, { ...wrapper, call }, one));
      if (!one) continue;
      const file = call.getSourceFile();
      found.set(file, [...(found.get(file) ?? []), one]);
    }
  }
  return found;
});

/**
 * `service.transactional = (run) => db.transaction(run)` is called by the name that a type
 * declares.
 */
function callsOfWrapper(context: CheckContext, { owner }: Wrapper): readonly FunctionCall[] {
  const { ts } = context;
  const { parent } = owner;
  if (!ts.isBinaryExpression(parent) || parent.right !== owner) return callsOf(context, owner);
  const { left } = parent;
  const declared =
    ts.isPropertyAccessExpression(left) && resolveSymbol(context, left.name)?.valueDeclaration;
  return declared ? callsOfDeclared(context, declared) : [];
}

function transactionOf(
  context: CheckContext,
  call: ts.CallExpression,
  wrapper: Wrapper,
): TransactionCall | null {
  const argument = call.arguments[wrapper.position];
  const body = argument && bodyOfArgument(context, argument);
  return body
    ? { call, isByHand: false, body, from: body.pos, to: body.end, adapter: wrapper.adapter }
    : null;
}

/**
 * Returns the functions around the transaction whose parameters are called inside it, or are what
 * it runs. A function that puts a scope around the transaction is left out.
 */
function wrappersAround(
  context: CheckContext,
  { call, adapter }: TransactionBeginning,
  inside: TransactionCall | null,
): readonly Wrapper[] {
  const { ts } = context;
  if (isInTransactional(context, call)) return [];
  const names: ts.Node[] = [...call.arguments];
  if (inside)
    walkTree(ts, inside.body, (node) => {
      if (ts.isCallExpression(node) && node.pos >= inside.from && node.end <= inside.to)
        names.push(node.expression);
    });
  return names.flatMap((name) => {
    const declaration = ts.isIdentifier(name)
      ? resolveSymbol(context, name)?.valueDeclaration
      : undefined;
    const parameter =
      declaration && ts.isParameter(declaration) ? functionParameter(context, declaration) : null;
    const isAround =
      parameter && parameter.owner.pos <= call.pos && call.end <= parameter.owner.end;
    return isAround ? [{ ...parameter, adapter }] : [];
  });
}
