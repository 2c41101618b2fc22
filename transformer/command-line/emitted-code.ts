import type ts from "typescript";
import { type ProjectTarget } from "../plan/check-context";
import { type Project, type Workspace } from "./load-projects";

/**
 * Returns the parts of the target's emitted file that carry out its directive: the plan, and the
 * code that names it.
 */
export function findEmittedCode(
  { ts: compiler }: Workspace,
  { session }: Project,
  target: ProjectTarget,
): string {
  const text = session.rewrittenText(target.sourceFile);
  const { fileName } = target.sourceFile;
  const file = compiler.createSourceFile(fileName, text, compiler.ScriptTarget.Latest, true);
  const plans = new Map<string, string>();
  for (const statement of file.statements) {
    if (!compiler.isFunctionDeclaration(statement) || !statement.name) continue;
    const own = statement.getText(file);
    if (/^function \S+\(\) \{ return \{\n? *name: "/.test(own)) plans.set(statement.name.text, own);
  }
  const [planName] =
    [...plans].find(([, plan]) => plan.includes(`name: ${JSON.stringify(target.plan.name)},`)) ??
    [];
  if (planName === undefined) return "";
  const uses = findUses(compiler, file, planName).map((node) => node.getText(file));
  return [...uses, plans.get(planName) ?? ""].join("\n\n");
}

/** Finds the smallest statements, members and properties in which the plan is used. */
function findUses(compiler: typeof ts, file: ts.SourceFile, planName: string): ts.Node[] {
  const found = new Set<ts.Node>();
  const visit = (node: ts.Node): void => {
    if (
      compiler.isIdentifier(node) &&
      node.text === planName &&
      !compiler.isFunctionDeclaration(node.parent)
    ) {
      found.add(wholeOf(compiler, node));
    }
    compiler.forEachChild(node, visit);
  };
  visit(file);
  return [...found];
}

function wholeOf(compiler: typeof ts, use: ts.Node): ts.Node {
  let node = use;
  while (!isWhole(compiler, node) && node.parent) node = node.parent;
  return node;
}

function isWhole(compiler: typeof ts, node: ts.Node): boolean {
  // The single statement of a wrapper or of a static block says little without its context.
  if (compiler.isReturnStatement(node)) return false;
  if (compiler.isStatement(node)) return !compiler.isBlock(node);
  return compiler.isClassElement(node) || compiler.isPropertyAssignment(node);
}
