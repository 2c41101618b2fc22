import type ts from "typescript";
import { type EmittedFile } from "./emitted-file";
import { type FileContext } from "../context/file-context";
import { type Pieces } from "./forms";
import { isFunctionInterface } from "../context/operation-members";
import { unwrap } from "../context/wrappers";

/** The operations that need a receiver. */
export const operations: ReadonlySet<string> = new Set(["refresh", "nocache", "invalidate"]);

type Member = ts.PropertyAccessExpression | ts.ElementAccessExpression;

export interface OperationForm {
  /** `a.add.refresh` in `a.add.refresh(5)`, without anything that may be around it. */
  readonly callee: Member;
  /** The pieces that take the place of `a.add`. */
  readonly pieces: Pieces;
  /** Whether the name of the operation follows a `?.`. */
  readonly optional: boolean;
}

/**
 * `a.add.refresh(5)` → `zc.at(a, "add").refresh(5)`, so that the loader gets its `this`.
 * It also handles `a?.add.refresh(5)`, `a[name].refresh(5)`, `a.add!.refresh(5)`,
 * `a.add["refresh"](5)`, `a.add.refresh!(5)`,
 * `super.add.refresh(5)`, `this.#add.refresh(5)`, `(a?.add ?? b.add).refresh(5)`, `(c ? a.add :
 * b.add).refresh(5)`,
 * and returns null for any other call.
 *
 * `at` returns a value that is not a cached function unchanged, so that a call which only looks
 * like an operation keeps its meaning.
 */
export function operationForm(
  emission: EmittedFile,
  call: ts.CallExpression,
): OperationForm | null {
  const { ts } = emission.context;
  const callee = unwrap(ts, call.expression);
  if (!isOperationAccess(emission.context, callee)) return null;
  // `(a?.add).refresh(5)` is not a chain, and nothing in it can be left out.
  const optional = ts.isOptionalChain(callee);
  const pieces = targetPieces(emission, callee.expression, optional && !callee.questionDotToken);
  return pieces && mayBeOperation(emission.context, callee) ? { callee, pieces, optional } : null;
}

/** `….refresh`, `…["refresh"]` */
function isOperationAccess({ ts }: FileContext, node: ts.Expression): node is Member {
  if (ts.isPropertyAccessExpression(node)) return operations.has(node.name.text);
  if (!ts.isElementAccessExpression(node)) return false;
  const name = node.argumentExpression;
  return ts.isStringLiteralLike(name) && operations.has(name.text);
}

/**
 * Whether the call may be an operation. With types: whether it is a member that zcache declares, or
 * of unknown type. Without types it always may be.
 */
function mayBeOperation({ ts, checker }: FileContext, callee: Member): boolean {
  const name = ts.isPropertyAccessExpression(callee) ? callee.name : callee.argumentExpression;
  const declarations = checker?.getSymbolAtLocation(name)?.declarations;
  if (!declarations) return true;
  return declarations.some(
    ({ parent }) => ts.isInterfaceDeclaration(parent) && isFunctionInterface(parent.name.text),
  );
}

/**
 * Writes what returns the operations of a function, or returns null where no receiver can be seen.
 * @param isNeeded a missing member is an error, which the `?.` after it would hide:
 * `a?.add.refresh(5)`
 */
function targetPieces(
  emission: EmittedFile,
  expression: ts.Expression,
  isNeeded: boolean,
): Pieces | null {
  const { ts } = emission.context;
  const value = unwrap(ts, expression);
  if (ts.isPropertyAccessExpression(value) || ts.isElementAccessExpression(value))
    return memberPieces(emission, value, isNeeded);
  // Each of the possible values knows its own receiver.
  const partPieces = (part: ts.Expression): Pieces | null => targetPieces(emission, part, false);
  if (ts.isConditionalExpression(value)) {
    const whenTrue = partPieces(value.whenTrue);
    const whenFalse = partPieces(value.whenFalse);
    if (!whenTrue && !whenFalse) return null;
    return [
      "(",
      value.condition,
      " ? ",
      ...(whenTrue ?? [value.whenTrue]),
      " : ",
      ...(whenFalse ?? [value.whenFalse]),
      ")",
    ];
  }
  if (!ts.isBinaryExpression(value)) return null;
  const operator = choices(ts).get(value.operatorToken.kind);
  if (operator === undefined) return null;
  const left = partPieces(value.left);
  const right = partPieces(value.right);
  if (!left && !right) return null;
  return ["(", ...(left ?? [value.left]), ` ${operator} `, ...(right ?? [value.right]), ")"];
}

/**
 * The operators that choose between values. The comma isn't one, because programs use `(0, a.b)` to
 * leave the receiver out on purpose.
 */
function choices({ SyntaxKind }: FileContext["ts"]): ReadonlyMap<ts.SyntaxKind, string> {
  return new Map([
    [SyntaxKind.BarBarToken, "||"],
    [SyntaxKind.AmpersandAmpersandToken, "&&"],
    [SyntaxKind.QuestionQuestionToken, "??"],
  ]);
}

function memberPieces(emission: EmittedFile, member: Member, isNeeded: boolean): Pieces {
  const { ts } = emission.context;
  const receiver = member.expression;
  if (receiver.kind === ts.SyntaxKind.SuperKeyword) return superPieces(emission, member);
  if (!ts.isOptionalChain(member)) return presentPieces(emission, member, [receiver], isNeeded);
  if (!member.questionDotToken || isPrivate(ts, member))
    return chainPieces(emission, member, isNeeded);
  const flags = isNeeded ? ", true, true" : ", true";
  return [`${emission.runtime("at")}(`, receiver, ", ", ...namePieces(ts, member), `${flags})`];
}

/**
 * `a?.b.add` → `((base = a) == null ? void 0 : zc.at(base.b, "add"))`: the rest is left out where
 * `a` is missing. If
 * `b` is missing, that is an error.
 */
function chainPieces(emission: EmittedFile, member: Member, isNeeded: boolean): Pieces {
  const { ts } = emission.context;
  const base = emission.chainBase();
  let root = member.expression;
  /** Puts the part of the chain after its last `?.` on the base. */
  const rebase = (link: ts.Expression): Pieces => {
    if (ts.isNonNullExpression(link)) return rebase(link.expression);
    const { expression, questionDotToken } = link as
      ts.PropertyAccessChain | ts.ElementAccessChain | ts.CallChain;
    if (questionDotToken) root = expression;
    const inner = questionDotToken ? [base] : rebase(expression);
    if (ts.isPropertyAccessExpression(link)) return [...inner, `.${link.name.text}`];
    if (ts.isElementAccessExpression(link)) return [...inner, "[", link.argumentExpression, "]"];
    return [...inner, "(", ...between((link as ts.CallExpression).arguments), ")"];
  };
  const receiver = member.questionDotToken ? [base] : rebase(member.expression);
  const present = presentPieces(emission, member, receiver, isNeeded);
  return [`((${base} = `, root, ") == null ? void 0 : ", ...present, ")"];
}

function presentPieces(
  emission: EmittedFile,
  member: Member,
  receiver: Pieces,
  isNeeded: boolean,
): Pieces {
  const { ts } = emission.context;
  const flags = isNeeded ? ", false, true" : "";
  if (!isPrivate(ts, member))
    return [
      `${emission.runtime("at")}(`,
      ...receiver,
      ", ",
      ...namePieces(ts, member),
      `${flags})`,
    ];
  const { text } = member.name;
  const on = emission.runtime("on");
  if (member.expression.kind === ts.SyntaxKind.ThisKeyword)
    return [`${on}(this, `, member, `, "${text}")`];
  const value = emission.free("value");
  return [`((${value}) => ${on}(${value}, ${value}.${text}, "${text}"))(`, ...receiver, ")"];
}

/** Writes `super.add`, on `this`. */
function superPieces(emission: EmittedFile, member: Member): Pieces {
  const { ts } = emission.context;
  const on = emission.runtime("on");
  if (ts.isPropertyAccessExpression(member))
    return [`${on}(this, `, member, ", ", ...namePieces(ts, member), ")"];
  const value = emission.free("value");
  return [
    `((${value}) => ${on}(this, super[${value}], ${value}))(`,
    ...namePieces(ts, member),
    ")",
  ];
}

function isPrivate(
  { isPropertyAccessExpression, isPrivateIdentifier }: FileContext["ts"],
  member: Member,
): member is ts.PropertyAccessExpression & { readonly name: ts.PrivateIdentifier } {
  return isPropertyAccessExpression(member) && isPrivateIdentifier(member.name);
}

/** Writes the member's name as an argument. */
function namePieces(ts: FileContext["ts"], member: Member): Pieces {
  if (ts.isPropertyAccessExpression(member)) return [JSON.stringify(member.name.text)];
  const { argumentExpression } = member;
  // A comma in the expression would end the argument.
  const isComma =
    ts.isBinaryExpression(argumentExpression) &&
    argumentExpression.operatorToken.kind === ts.SyntaxKind.CommaToken;
  return isComma ? ["(", argumentExpression, ")"] : [argumentExpression];
}

function between(nodes: readonly ts.Node[]): Pieces {
  return nodes.flatMap((node, i) => (i === 0 ? [node] : [", ", node]));
}
