import type ts from "typescript";
import { type PlannedTarget } from "../plan/analyze-file";
import { createStatements, inPlaceOf } from "./code";
import { Emission } from "./emission";
import { type CompilerContext } from "../context/file-context";
import { operations } from "./operation-form";
import { rewriteClass } from "./rewrite-class";
import { rewriteDeclaration } from "./rewrite-declaration";
import { rewriteFunctionExpression } from "./rewrite-function-expression";
import { rewriteObjectLiteral } from "./rewrite-object-literal";
import { rewriteOperation } from "./rewrite-operation";
import { holdsPlace, placesOf } from "../context/word-places";

/**
 * Returns the file with its targets rewritten, and the calls of operations that need a receiver.
 * Bodies stay as they are, where they are: each form gives the original function to the runtime as
 * the loader and puts a cached function in its place.
 */
export function rewriteFile(
  context: CompilerContext,
  targets: readonly PlannedTarget[],
  file: ts.SourceFile,
  transformation: ts.TransformationContext,
): ts.SourceFile {
  const emission = new Emission(context, targets);
  const rewriter = new Rewriter(
    emission,
    transformation,
    placesToRewrite(context, targets, emission.namedClasses, file),
  );
  const { node, tops } = rewriter.visitScope(file);
  // A file may have nothing but derived classes, whose names don't need the runtime.
  if (!emission.usesRuntime) return node;
  const { ts } = context;
  const top = createStatements(ts, [emission.headerText(), ...tops].join("\n"));
  const statements = [...withTop(ts, node.statements, top), ...emission.createPlans()];
  return ts.factory.updateSourceFile(
    node,
    ts.setTextRange(ts.factory.createNodeArray(statements), node.statements),
  );
}

/**
 * Returns the places where something may have to be rewritten. Null means anywhere, because another
 * transformer has changed the file and may have moved it.
 */
function placesToRewrite(
  { ts, sourceFile }: CompilerContext,
  targets: readonly PlannedTarget[],
  namedClasses: Iterable<ts.Node>,
  file: ts.SourceFile,
): readonly number[] | null {
  if (ts.getOriginalNode(file) !== file) return null;
  const ofTargets = targets.map(({ target }) => target.node.pos);
  const ofClasses = Array.from(namedClasses, ({ pos }) => pos);
  const ofOperations = placesOf(sourceFile.text, operations, sourceFile);
  return [...ofTargets, ...ofClasses, ...ofOperations].sort((a, b) => a - b);
}

/** Rewrites children first, so that a form gets nodes that are already rewritten inside. */
class Rewriter {
  /**
   * Text for the top of the block being visited, because hoisted functions must be attached before
   * anything runs.
   */
  #tops: string[] = [];
  readonly #ts: typeof ts;

  constructor(
    private readonly emission: Emission,
    private readonly transformation: ts.TransformationContext,
    private readonly places: readonly number[] | null,
  ) {
    this.#ts = emission.context.ts;
  }

  visitScope<T extends ts.Node>(scope: T): { readonly node: T; readonly tops: readonly string[] } {
    const outer = this.#tops;
    const tops: string[] = (this.#tops = []);
    const node = this.#ts.visitEachChild(scope, this.#visit, this.transformation);
    this.#tops = outer;
    return { node, tops };
  }

  readonly #visit = (node: ts.Node): ts.VisitResult<ts.Node> => {
    const ts = this.#ts;
    if (this.places && !holdsPlace(this.places, node)) return node;
    if (ts.isBlock(node) || ts.isModuleBlock(node)) return this.#block(node);
    const { emission } = this;
    const visited = inPlaceOf(ts, node, ts.visitEachChild(node, this.#visit, this.transformation));
    if (ts.isClassLike(visited)) return inPlaceOf(ts, node, rewriteClass(emission, visited));
    if (ts.isObjectLiteralExpression(visited)) return rewriteObjectLiteral(emission, visited);
    if (ts.isCallExpression(visited)) return rewriteOperation(emission, visited);
    const planned = emission.plannedOf(visited);
    if (!planned) return visited;
    if (ts.isArrowFunction(visited) || ts.isFunctionExpression(visited))
      return rewriteFunctionExpression(emission, visited, planned);
    // Methods are handled by the class or object that holds them.
    if (!ts.isFunctionDeclaration(visited)) return visited;
    const { loader, wrapper, attach } = rewriteDeclaration(emission, visited, planned);
    this.#tops.push(attach);
    return [inPlaceOf(ts, node, loader), ...wrapper];
  };

  #block(block: ts.Block | ts.ModuleBlock): ts.Node {
    const ts = this.#ts;
    const { factory } = ts;
    const { node, tops } = this.visitScope(block);
    if (tops.length === 0) return node;
    const statements = withTop(ts, node.statements, createStatements(ts, tops.join("\n")));
    return ts.isBlock(node)
      ? factory.updateBlock(node, statements)
      : factory.updateModuleBlock(node, statements);
  }
}

/**
 * Puts the statements after directives such as `"use strict"`, which would mean nothing further
 * down.
 */
function withTop(
  ts: CompilerContext["ts"],
  statements: ts.NodeArray<ts.Statement>,
  top: readonly ts.Statement[],
): ts.NodeArray<ts.Statement> {
  const first = statements.findIndex(
    (statement) =>
      !(ts.isExpressionStatement(statement) && ts.isStringLiteral(statement.expression)),
  );
  const prologue = first < 0 ? statements.length : first;
  return ts.setTextRange(
    ts.factory.createNodeArray([
      ...statements.slice(0, prologue),
      ...top,
      ...statements.slice(prologue),
    ]),
    statements,
  );
}
