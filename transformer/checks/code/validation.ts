import type ts from "typescript";
import { someNode, walkTree } from "../../context/walk-tree";
import { isAssignment } from "../../context/wrappers";
import { type CheckContext } from "../../plan/check-context";
import { calledName, changesData } from "../../target/data-changes";
import { type Body } from "./loader-reads";
import { awaited, isObservation } from "./observation";
import { resolveSymbol } from "./resolve-symbol";
import { functionAround, isWithin } from "./syntax-ranges";
import { isPlatform } from "../types/platform-types";

/**
 * Whether a function only checks, and throws if something is wrong: `if (await store.exists(name))
 * throw new NameTaken(name)`.
 * Then it is worth caching that it did not throw, though it returns nothing. A function that does
 * anything else would not do it again. Since the effect of a call whose result is used can't be
 * seen, its name must also be that of a check.
 */
export function isValidation(context: CheckContext, body: Body): boolean {
  return new Validation(context, body, new Set()).holds();
}

/** Verbs that begin the names of functions that only check. */
const looking =
  /^(?:is|has|can|must|throwIf|stopIf|stopWhen|validate|assert|check|verify|ensure|guard|require|authori[sz]e|prevent|forbid)(?![a-z])/;

class Validation {
  #throws = false;
  #acts = false;

  constructor(
    private readonly context: CheckContext,
    private readonly body: Body,
    /** The validations that this one is part of, so that a recursive validation is visited once. */
    private readonly outer: ReadonlySet<Body>,
  ) {}

  holds(): boolean {
    const { ts } = this.context;
    const { body } = this.body;
    if (!body || this.outer.has(this.body) || !looking.test(nameOf(ts, this.body))) return false;
    if (!ts.isBlock(body)) this.#visitReturned(body as ts.Expression);
    // `throw new Error("not implemented")` is all that a stub does.
    else if (!body.statements[0] || ts.isThrowStatement(body.statements[0])) return false;
    this.#visit(body);
    return this.#throws && !this.#acts;
  }

  #visit(body: ts.Node): void {
    const { ts } = this.context;
    walkTree(ts, body, (node) => {
      if (this.#acts || ts.isTypeNode(node) || isObservation(ts, node)) return "skip";
      if (ts.isThrowStatement(node)) {
        this.#throws = true;
        return "skip";
      }
      if (ts.isExpressionStatement(node)) this.#visitStatement(node);
      if (ts.isReturnStatement(node) && node.expression && functionAround(ts, node) === this.body)
        this.#visitReturned(node.expression);
      if (changesData(ts, node)) this.#acts = true;
      return undefined;
    });
  }

  #visitStatement({ expression }: ts.ExpressionStatement): void {
    const { ts } = this.context;
    const done = awaited(ts, expression);
    if (this.#isLocalChange(done)) return;
    if (ts.isCallExpression(done) && this.#throwsInside(done)) this.#throws = true;
    else this.#acts = true;
  }

  /**
   * Accepts `return undefined` and `return Promise.resolve()`. A call whose undefined result is
   * returned is made for its effect.
   */
  #visitReturned(returned: ts.Expression): void {
    const { ts } = this.context;
    const open: ts.Expression[] = [returned];
    for (let next = open.pop(); next; next = open.pop()) {
      const value = awaited(ts, next);
      if (ts.isConditionalExpression(value)) open.push(value.whenFalse, value.whenTrue);
      if (!ts.isCallExpression(value) || value.expression.getText() === "Promise.resolve") continue;
      if (this.#throwsInside(value)) this.#throws = true;
      else this.#acts = true;
    }
  }

  /**
   * Recognises `addresses = await lookup(host)`, `problems.push(name)`: changes of what the body
   * itself made.
   */
  #isLocalChange(done: ts.Expression): boolean {
    const { ts, checker } = this.context;
    const isCallOfMember =
      ts.isCallExpression(done) && ts.isPropertyAccessExpression(done.expression);
    const changed = isAssignment(ts, done)
      ? done.left
      : isCallOfMember
        ? done.expression.expression
        : null;
    if (!changed || !ts.isIdentifier(changed)) return false;
    const declaration = checker.getSymbolAtLocation(changed)?.valueDeclaration;
    if (!declaration || !ts.isVariableDeclaration(declaration) || !isWithin(declaration, this.body))
      return false;
    const { initializer } = declaration;
    return !isCallOfMember || (initializer !== undefined && isMadeHere(ts, initializer));
  }

  /**
   * Whether the callee is a validation itself, or always throws. If its code is elsewhere, types or
   * its name decide.
   */
  #throwsInside(call: ts.CallExpression): boolean {
    const { ts, checker } = this.context;
    const signature = checker.getResolvedSignature(call);
    const callee = resolveSymbol(this.context, call.expression);
    // `process.exit()` never returns, but throws nothing.
    if (!signature || isPlatform(this.context, callee)) return false;
    if (checker.getReturnTypeOfSignature(signature).flags & ts.TypeFlags.Never) return true;
    const predicate = checker.getTypePredicateOfSignature(signature);
    if (predicate && predicate.kind >= ts.TypePredicateKind.AssertsThis) return true;
    const bodies = (callee?.declarations ?? []).flatMap((one) => bodyOf(ts, one));
    if (bodies.length === 0) return /^(?:validate|assert)/.test(calledName(ts, call.expression));
    const outer = new Set([...this.outer, this.body]);
    return bodies.every(
      (one) => alwaysThrows(ts, one) || new Validation(this.context, one, outer).holds(),
    );
  }
}

/** Also returns the name in `const requireUser = async () => …`. */
function nameOf(compiler: typeof ts, body: Body): string {
  const holder = body.name ? body : body.parent;
  const { name } = holder as { name?: ts.Node };
  return name && (compiler.isIdentifier(name) || compiler.isPrivateIdentifier(name))
    ? name.text.replace(/^#/, "")
    : "";
}

/** `[]`, `new Map()` */
function isMadeHere(compiler: typeof ts, value: ts.Expression): boolean {
  return compiler.isArrayLiteralExpression(value) || compiler.isNewExpression(value);
}

function bodyOf(compiler: typeof ts, declaration: ts.Declaration): Body[] {
  if (compiler.isFunctionLike(declaration))
    return "body" in declaration && declaration.body ? [declaration] : [];
  const value =
    compiler.isVariableDeclaration(declaration) || compiler.isPropertyDeclaration(declaration)
      ? declaration.initializer
      : undefined;
  return value && (compiler.isArrowFunction(value) || compiler.isFunctionExpression(value))
    ? [value]
    : [];
}

/**
 * Recognises `function tooMany(limit: number) { metrics.increment("limit"); throw new
 * TooMany(limit); }`. A method that always throws is meant to be overridden in a class below.
 */
function alwaysThrows(compiler: typeof ts, { body, kind }: Body): boolean {
  if (kind === compiler.SyntaxKind.MethodDeclaration) return false;
  const last = body && compiler.isBlock(body) ? body.statements.at(-1) : undefined;
  if (last === undefined || !compiler.isThrowStatement(last)) return false;
  return !someNode(compiler, body as ts.Block, (node) =>
    compiler.isFunctionLike(node) ? "skip" : compiler.isReturnStatement(node),
  );
}
