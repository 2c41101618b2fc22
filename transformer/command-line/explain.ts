import { relative, resolve } from "node:path";
import { lineNumber } from "../context/line-number";
import { tagOfVersionKey } from "../../runtime/keys/key-names";
import { nearest } from "../../runtime/suggest";
import { type ProjectTarget } from "../plan/check-context";
import { lockFunction } from "../lock/lock";
import { type Command, CommandError, exitCodes, projectOption } from "./command";
import { describeFunction, printRows } from "./describe-function";
import { findEmittedCode } from "./emitted-code";
import { createExampleCall } from "../explain/example-call";
import { argumentTags, findKeyOwners, type KeyOwner, tagsOfKey } from "./find-key-owner";
import {
  useWorkspace,
  type Project,
  showPath,
  showPlace,
  targetsOf,
  type Workspace,
} from "./load-projects";

export const explain: Command = {
  name: "explain",
  positionals: "FILE:LINE | KEY",
  count: [1, 1],
  summary:
    "Says what a directive means and becomes, or which function and arguments a key in Redis belongs to",
  options: { project: projectOption },
  run: async (args, terminal) =>
    useWorkspace(args, terminal, (workspace) => {
      const [what = ""] = args.positionals;
      const [, file, line] = /^(.+\.[cm]?[jt]sx?):(\d+)(?::\d+)?$/.exec(what) ?? [];
      const text =
        file !== undefined && line !== undefined
          ? explainPlace(workspace, resolve(terminal.directory, file), Number(line))
          : explainKey(workspace, what);
      terminal.write(text);
      return exitCodes.clean;
    }),
};

function explainPlace(workspace: Workspace, path: string, line: number): string {
  const fileName = path.replaceAll("\\", "/");
  const project = workspace.projects.find(({ files }) =>
    files.some((file) => file.fileName === fileName),
  );
  if (!project)
    throw new CommandError(`${relative(workspace.directory, path)} is not a file of the project.`);
  const targets = project.targets.filter(({ sourceFile }) => sourceFile.fileName === fileName);
  const target = targets.find((one) => covers(one, line));
  if (target) return explainTarget(workspace, project, target);
  const file = project.files.find((one) => one.fileName === fileName);
  const hasErrors = file && project.session.diagnosticsOf(file).length > 0;
  const places = targets.map((one) => `${one.owner} (${showPlace(workspace, one)})`).join(", ");
  const known = places === "" ? "The file has none." : `Those of the file: ${places}.`;
  throw new CommandError(
    `Line ${line} of ${showPath(workspace, fileName)} is in no cached function. ${known}${hasErrors ? " It has errors, which zcache check shows." : ""}`,
  );
}

/** Whether the line is between the directive and the end of the function. */
function covers({ sourceFile, word, target }: ProjectTarget, line: number): boolean {
  return (
    lineNumber(sourceFile, word.start) <= line && line <= lineNumber(sourceFile, target.node.end)
  );
}

function explainTarget(workspace: Workspace, project: Project, target: ProjectTarget): string {
  const { locked } = lockFunction(
    workspace.ts,
    project.program,
    target,
    showPath(workspace, target.sourceFile.fileName),
    project.options,
  );
  const { call, key } = createExampleCall(workspace.ts, project.program.getTypeChecker(), target);
  const sections = [
    `${locked.function}  ${showPlace(workspace, target)}\n${printRows(describeFunction(target, locked))}`,
    `Example\n${printRows([
      ["call", call],
      ["key", key ?? "none: such an argument can't be part of a key"],
    ])}`,
    `Emitted\n${indent(findEmittedCode(workspace, project, target))}\n`,
  ];
  return sections.join("\n");
}

function explainKey(workspace: Workspace, key: string): string {
  const owners = findKeyOwners(workspace, key);
  if (owners.length > 0) return owners.map((owner) => printOwner(workspace, owner)).join("\n");
  const tag = tagOfVersionKey(key);
  if (tag !== null) return `The version of the tag "${tag}". Deleting it invalidates the tag.\n`;
  const names = targetsOf(workspace).map(({ plan }) => plan.name);
  const near = nearest(/^[^|]*/.exec(key)?.[0] ?? "", names);
  throw new CommandError(
    `No cached function of the project makes the key ${key}.${near === null ? "" : ` The nearest default key is ${near}|….`}`,
  );
}

function printOwner(workspace: Workspace, owner: KeyOwner): string {
  const { target, namespace, version, className, values } = owner;
  const tags = tagsOfKey(workspace, owner).map(
    (tag, i) => tag ?? `${argumentTags(target)[i]} (not known from the key)`,
  );
  const rows: [string, string][] = [
    ...(namespace === "" ? [] : [["namespace", namespace.slice(0, -1)] as [string, string]]),
    ...(version === null
      ? []
      : [["version", describeVersion(target, version)] as [string, string]]),
    ...(className === null
      ? []
      : [["class", `${className}, of the object that it is called on`] as [string, string]]),
    ...(values === "hashed"
      ? [["arguments", "too long for the key, which has only their hash"] as [string, string]]
      : []),
    ...(values === "hashed"
      ? []
      : values.map(([name, { text }]): [string, string] => [name, text])),
    ...tags.map((tag, i): [string, string] => [i === 0 ? "tags" : "", tag]),
  ];
  return `${target.owner}  ${showPlace(workspace, target)}\n${printRows(rows)}`;
}

function describeVersion({ plan }: ProjectTarget, version: string): string {
  if (plan.version === version) return `${version}, that of the source`;
  return `${version}, of other code: the source has ${plan.version ?? "none"}`;
}

function indent(text: string): string {
  return text.replaceAll(/^(?=.)/gm, "  ");
}
