import { lineNumber } from "../context/line-number";
import { type ProjectTarget } from "../plan/check-context";
import { invalidationsOf } from "../checks/tags/invalidations";
import { patternOfTag } from "../checks/tags/tag-patterns";
import { type LazyPattern, type TextPattern } from "../checks/tags/text-pattern";
import { describeTtl } from "../directive/describe-ttl";
import { type Command, exitCodes, projectOption } from "./command";
import { printRows } from "./describe-function";
import { useWorkspace, showPath, showPlace, type Workspace } from "./load-projects";
import { createSourceLock, type SourceLock } from "./lock-file";

export const list: Command = {
  name: "list",
  positionals: "",
  count: [0, 0],
  summary:
    "Lists every cached function, and for every tag the functions that carry it and the calls that invalidate it",
  options: {
    project: projectOption,
    format: {
      value: "FORMAT",
      choices: ["pretty", "json"],
      description: "for people, for programs",
    },
  },
  run: async (args, terminal) =>
    useWorkspace(args, terminal, (workspace) => {
      const listed = {
        functions: listFunctions(workspace, createSourceLock(workspace)),
        tags: listTags(workspace),
      };
      terminal.write(
        args.values["format"] === "json"
          ? `${JSON.stringify(listed, null, 2)}\n`
          : printList(listed),
      );
      return exitCodes.clean;
    }),
};

interface Listed {
  readonly functions: readonly ListedFunction[];
  readonly tags: readonly ListedTag[];
}

interface ListedFunction {
  readonly place: string;
  readonly function: string;
  readonly key: string;
  readonly tags: readonly string[];
  readonly ttl: string | null;
  readonly codec: string | null;
  readonly cache: string | null;
  readonly fingerprint: string;
}

interface ListedTag {
  readonly tag: string;
  /** Places of directives. */
  readonly carriedBy: readonly string[];
  /** Places of calls, with their argument. */
  readonly invalidatedBy: readonly string[];
}

function listFunctions(workspace: Workspace, { targets }: SourceLock): ListedFunction[] {
  return [...targets].map(([locked, { sourceFile, word, options, plan }]) => ({
    place: showPlace(workspace, { sourceFile, word } as ProjectTarget),
    function: locked.function,
    key: [
      ...(options.namespace === null ? [] : [options.namespace]),
      ...(plan.version !== null && plan.key.texts ? ["{version}"] : []),
      versionedKey(locked.key, plan.version !== null && !plan.key.texts),
    ].join(":"),
    tags: locked.tags ?? [],
    ttl: describeTtl(options),
    codec: locked.codec ?? null,
    cache: options.cache,
    fingerprint: locked.fingerprint,
  }));
}

/** `shop.user.load@{version}|{id}` */
function versionedKey(key: string, isVersioned: boolean): string {
  return isVersioned ? key.replace("|", "@{version}|") : key;
}

interface Carrier {
  readonly tag: string;
  readonly place: string;
  readonly pattern: TextPattern;
  readonly cache: string | null;
}

interface Caller {
  readonly text: string;
  readonly pattern: LazyPattern;
  readonly cache: string | null | undefined;
}

/** Lists tags. Tags with the same text in one cache are one tag, whichever functions carry them. */
function listTags(workspace: Workspace): ListedTag[] {
  const carriers = findCarriers(workspace);
  const callers = findCallers(workspace);
  const names = [...new Set(carriers.map(({ tag }) => tag))].sort();
  return names.map((tag) => {
    const own = carriers.filter((carrier) => carrier.tag === tag);
    const reaches = ({ pattern, cache }: Caller): boolean =>
      own.some(
        (carrier) =>
          (cache === undefined || cache === carrier.cache) && pattern.meets(carrier.pattern),
      );
    return {
      tag,
      carriedBy: own.map(({ place }) => place),
      invalidatedBy: callers.filter(reaches).map(({ text }) => text),
    };
  });
}

function findCarriers(workspace: Workspace): Carrier[] {
  return workspace.projects.flatMap(({ session, targets }) =>
    targets.flatMap((target) => {
      const context = session.contextOf(target.sourceFile);
      if (!context) return [];
      return target.plan.tags.map((plan, i) => ({
        tag: target.options.tags[i]?.text ?? "",
        place: `${target.owner} (${showPlace(workspace, target)})`,
        pattern: patternOfTag(context, target, plan),
        cache: target.options.cache,
      }));
    }),
  );
}

function findCallers(workspace: Workspace): Caller[] {
  return workspace.projects.flatMap(({ session, files }) => {
    const [first] = files;
    const context = first && session.contextOf(first);
    if (!context) return [];
    const own = new Set(files);
    return invalidationsOf(context)
      .filter(({ sourceFile, argument }) => own.has(sourceFile) && argument !== null)
      .map(({ sourceFile, argument, pattern, cache }) => {
        const at = argument ? lineNumber(sourceFile, argument.getStart(sourceFile)) : 1;
        return {
          text: `${showPath(workspace, sourceFile.fileName)}:${at} ${argument?.getText(sourceFile) ?? ""}`,
          pattern,
          cache,
        };
      });
  });
}

function printList({ functions, tags }: Listed): string {
  if (functions.length === 0)
    return "No function is cached. Write // @zcache above a function to cache it.\n";
  const blocks = functions.map(
    ({ place, function: owner, key, tags: own, ttl, codec, cache, fingerprint }) => {
      const rows: [string, string][] = [
        ["key", key],
        ...(own.length > 0 ? [["tags", own.join(", ")] as [string, string]] : []),
        ["ttl", ttl ?? "configure's"],
        ["codec", codec ?? "configure's"],
        ...(cache === null ? [] : [["cache", cache] as [string, string]]),
        ["fingerprint", fingerprint],
      ];
      return `${owner}  ${place}\n${printRows(rows)}`;
    },
  );
  const tagBlocks = tags.map(({ tag, carriedBy, invalidatedBy }) => {
    const rows: [string, string][] = [
      ...carriedBy.map((text, i): [string, string] => [i === 0 ? "carried by" : "", text]),
      ...(invalidatedBy.length === 0 ? ["nothing in the program"] : invalidatedBy).map(
        (text, i): [string, string] => [i === 0 ? "invalidated by" : "", text],
      ),
    ];
    return `tag ${tag}\n${printRows(rows)}`;
  });
  return [...blocks, ...tagBlocks].join("\n");
}
