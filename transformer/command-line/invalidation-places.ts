import type ts from "typescript";
import { isOperation } from "../checks/code/operation-symbols";
import { targetOfExpression } from "../checks/code/target-of-expression";
import { invalidationsOf } from "../checks/tags/invalidations";
import { patternOfTag } from "../checks/tags/tag-patterns";
import { visitNodesWith } from "../context/word-places";
import { type CheckContext, type ProjectTarget } from "../plan/check-context";
import { containersOf } from "../target/target-names";
import { showPath, type Project, type Workspace } from "./load-projects";

/**
 * Finds where the program invalidates or refreshes each function's entries, by key or by tag:
 * `src/users.ts UserService.rename`. The places have no line numbers, because a lock file must not
 * change whenever a line moves.
 */
export function invalidationPlaces(
  workspace: Workspace,
): (target: ProjectTarget) => readonly string[] {
  const byTag = workspace.projects.flatMap((project) => tagPlaces(workspace, project));
  const byKey = new Map<ProjectTarget, string[]>();
  for (const project of workspace.projects) addKeyPlaces(workspace, project, byKey);
  const sessions = new Map(
    workspace.projects.flatMap(({ session, targets }) => targets.map((one) => [one, session])),
  );
  return (target) => {
    const context = sessions.get(target)?.contextOf(target.sourceFile);
    const patterns = context
      ? target.plan.tags.map((tag) => patternOfTag(context, target, tag))
      : [];
    const found = byTag.filter(
      ({ cache, pattern }) =>
        (cache === undefined || cache === target.options.cache) &&
        patterns.some((own) => pattern.meets(own)),
    );
    return [...new Set([...(byKey.get(target) ?? []), ...found.map(({ place }) => place)])].sort();
  };
}

function tagPlaces(workspace: Workspace, project: Project) {
  const own = new Set(project.files);
  const context = contextOf(project);
  if (!context) return [];
  return invalidationsOf(context).flatMap(({ sourceFile, argument, pattern, cache }) =>
    own.has(sourceFile) && argument
      ? { place: placeOf(workspace, context, argument), pattern, cache }
      : [],
  );
}

/**
 * Gives every file the one context of the program, except for what is asked about the file itself.
 */
function contextOf({ session, files: [first] }: Project): CheckContext | null {
  return (first && session.contextOf(first)) ?? null;
}

function addKeyPlaces(
  workspace: Workspace,
  project: Project,
  found: Map<ProjectTarget, string[]>,
): void {
  const context = contextOf(project);
  if (!context || project.targets.length === 0) return;
  const { ts: compiler } = context;
  for (const file of project.files)
    visitNodesWith(compiler, file, ["invalidate", "refresh"], (node) => {
      if (
        !compiler.isPropertyAccessExpression(node) ||
        !/^(?:invalidate|refresh)$/.test(node.name.text)
      )
        return;
      const target = isOperation(context, node)
        ? targetOfExpression(context, node.expression)
        : undefined;
      if (target)
        found.set(target, [...(found.get(target) ?? []), placeOf(workspace, context, node)]);
    });
}

function placeOf(workspace: Workspace, context: CheckContext, node: ts.Node): string {
  const path = showPath(workspace, node.getSourceFile().fileName);
  const names = containersOf(context, node);
  return names.length === 0 ? path : `${path} ${names.join(".")}`;
}
