import type ts from "typescript";
import { parseExpression } from "../../directive/expression";
import { walkTree } from "../../context/walk-tree";
import { type TargetPlan } from "../../plan/create-plan";

/** The parts of the arguments and of `this` that a key contains. */
export interface KeyCoverage {
  /**
   * For each name, the properties of it that are read. "" is the value itself, or the result of a
   * call on it.
   */
  readonly names: ReadonlyMap<string, ReadonlySet<string>>;
  /** What is read at full length: `request.params.id`. */
  readonly paths: ReadonlySet<string>;
  /** Members of `this`; "" is `this` itself. */
  readonly members: ReadonlySet<string>;
}

/** Reads an explicit key's placeholders. Their names are those of the plan's parameters. */
export function coverageOf(compiler: typeof ts, { expressions }: TargetPlan["key"]): KeyCoverage {
  const names = new Map<string, Set<string>>();
  const members = new Set<string>();
  const paths = new Set<string>();
  const visit = (node: ts.Node): "skip" | undefined => {
    const path = isInsidePath(compiler, node) ? null : stepsOf(compiler, node);
    if (path !== null) paths.add(path.join("."));
    const { root, property } = rootOf(compiler, node);
    if (!root) return undefined;
    if (compiler.isIdentifier(root))
      names.set(root.text, new Set([...(names.get(root.text) ?? []), property]));
    else members.add(property);
    return "skip";
  };
  for (const text of expressions) {
    const parsed = parseExpression(compiler, text);
    if ("node" in parsed) walkTree(compiler, parsed.node, visit);
  }
  return { names, members, paths };
}

/** `request.params` of `request.params.id`, of which the key has only the `id` */
function isInsidePath(compiler: typeof ts, { parent, pos }: ts.Node): boolean {
  const isMethod =
    parent && compiler.isCallExpression(parent.parent) && parent.parent.expression === parent;
  return parent && compiler.isPropertyAccessExpression(parent) && parent.pos === pos && !isMethod;
}

/**
 * Returns `["request", "params", "id"]` for that path. A method that is called at its end isn't a
 * part of it. The result is null if the node isn't such a path.
 */
function stepsOf(compiler: typeof ts, node: ts.Node): readonly string[] | null {
  if (compiler.isIdentifier(node)) return [node.text];
  if (!compiler.isPropertyAccessExpression(node)) return null;
  const inner = stepsOf(compiler, node.expression);
  const isMethod = compiler.isCallExpression(node.parent) && node.parent.expression === node;
  return inner && isMethod ? inner : inner && [...inner, node.name.text];
}

function rootOf(compiler: typeof ts, node: ts.Node): { root: ts.Node | null; property: string } {
  const isRoot = ({ kind }: ts.Node): boolean =>
    kind === compiler.SyntaxKind.Identifier || kind === compiler.SyntaxKind.ThisKeyword;
  if (isRoot(node)) return { root: node, property: "" };
  if (!compiler.isPropertyAccessExpression(node) || !isRoot(node.expression))
    return { root: null, property: "" };
  // `email.toLowerCase()` is made of the email; `this.prefix()` is made of what that method reads.
  const isMethodOfValue =
    compiler.isCallExpression(node.parent) &&
    node.parent.expression === node &&
    compiler.isIdentifier(node.expression);
  return { root: node.expression, property: isMethodOfValue ? "" : node.name.text };
}
