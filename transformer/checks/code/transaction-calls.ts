import type ts from "typescript";
import { visitNodesWith } from "../../context/word-places";
import { type CheckContext } from "../../plan/check-context";
import { functionOfExpression } from "./target-of-expression";
import { functionAround } from "./syntax-ranges";

export interface TransactionBeginning {
  /** The call that begins the transaction. */
  readonly call: ts.CallExpression;
  /** The entry of zcache, without `zcache/`, that handles the library's transactions by itself. */
  readonly adapter: Adapter;
}

/** Code that runs inside a database transaction, before its commit. */
export interface TransactionCall extends TransactionBeginning {
  /**
   * The transaction is begun and committed by hand, so that there is no single call to put a scope
   * around.
   */
  readonly isByHand: boolean;
  /** The code inside the transaction. */
  readonly body: ts.Node;
  /** The part of `body` between these positions. */
  readonly from: number;
  readonly to: number;
}

export type Adapter = "drizzle" | "kysely" | "knex" | "prisma" | "typeorm";

/** Entries by the name of the type that declares the method. */
const libraries: readonly (readonly [method: string, type: RegExp, adapter: Adapter])[] = [
  ["$transaction", /^PrismaClient$/, "prisma"],
  [
    "transaction",
    /^(?:Pg|MySql|SingleStore|BaseSQLite|SQLite|Gel)\w*(?:Database|Transaction)$/,
    "drizzle",
  ],
  ["execute", /^(?:Controlled)?TransactionBuilder$/, "kysely"],
  ["transaction", /^Knex\w*$/, "knex"],
  ["transaction", /^(?:DataSource|EntityManager)$/, "typeorm"],
  ["startTransaction", /^QueryRunner$/, "typeorm"],
];

const words = ["ransaction"];

/** Returns the transactions that the file begins by a library's own function. */
export function transactionBeginnings(
  context: CheckContext,
  sourceFile: ts.SourceFile,
): readonly TransactionBeginning[] {
  const { ts } = context;
  const found: TransactionBeginning[] = [];
  visitNodesWith(ts, sourceFile, words, (node) => {
    if (!ts.isCallExpression(node) || !ts.isPropertyAccessExpression(node.expression)) return;
    const library = libraryOf(context, node.expression);
    if (library) found.push({ call: node, adapter: library[2] });
  });
  return found;
}

/**
 * Returns the library. Only a method without a body belongs to a library: one that the program
 * declares with a body is its own.
 */
function libraryOf(
  { ts, checker }: CheckContext,
  { name }: ts.PropertyAccessExpression,
): (typeof libraries)[number] | null {
  const candidates = libraries.filter(([method]) => method === name.text);
  if (candidates.length === 0) return null;
  for (const declaration of checker.getSymbolAtLocation(name)?.declarations ?? []) {
    if ((declaration as ts.MethodDeclaration).body) continue;
    const holder = ts.findAncestor(
      declaration,
      (outer) => ts.isClassLike(outer) || ts.isInterfaceDeclaration(outer),
    );
    const type = (holder as ts.InterfaceDeclaration | undefined)?.name?.text ?? "";
    const library = candidates.find(([, pattern]) => pattern.test(type));
    if (library) return library;
  }
  return null;
}

/** Returns the transaction with the code inside it, or null if that can't be seen. */
export function withCodeInside(
  context: CheckContext,
  beginning: TransactionBeginning,
): TransactionCall | null {
  const { ts } = context;
  const { call } = beginning;
  const isByHand =
    (call.expression as ts.PropertyAccessExpression).name.text === "startTransaction";
  if (isByHand) {
    const around = functionAround(ts, call);
    const to = around ? commitBehind(context, around, call.end) : null;
    return around && to !== null
      ? { ...beginning, isByHand, body: around, from: call.end, to }
      : null;
  }
  for (const argument of call.arguments) {
    const body = bodyOfArgument(context, argument);
    if (body) return { ...beginning, isByHand, body, from: body.pos, to: body.end };
  }
  return null;
}

/** Returns the function that the argument is, or names. */
export function bodyOfArgument(
  context: CheckContext,
  argument: ts.Expression,
): ts.SignatureDeclaration | null {
  const { ts } = context;
  if (ts.isArrowFunction(argument) || ts.isFunctionExpression(argument)) return argument;
  return functionOfExpression(context, argument)?.node ?? null;
}

/**
 * Returns where the transaction that was begun by hand is committed, or null if another function
 * does that.
 */
function commitBehind({ ts }: CheckContext, around: ts.Node, from: number): number | null {
  let place: number | null = null;
  visitNodesWith(ts, around, ["commitTransaction"], (node) => {
    if (!ts.isCallExpression(node) || !ts.isPropertyAccessExpression(node.expression)) return;
    if (node.expression.name.text === "commitTransaction" && node.pos > from) place ??= node.pos;
  });
  return place;
}
