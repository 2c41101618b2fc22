import type ts from "typescript";
import { lineNumber } from "../context/line-number";
import { changingDefaults } from "../target/changing-default";
import { changesDataIn } from "../target/data-changes";
import { classNameOf } from "../target/class-names";
import {
  createPlan,
  type BatchPlan,
  type HomePlan,
  type TargetFacts,
  type TargetPlan,
} from "./create-plan";
import { type FileContext } from "../context/file-context";
import { findDirectives, type FoundDirective } from "../directive/find-directives";
import { findTarget, type FoundTarget, type Target } from "../target/find-target";
import { type TargetNode } from "../target/target-node";
import { mentions, usesSuper } from "../target/mentions";
import { madeUpParameter, type Parameter, parametersOf } from "../target/parameters";
import { parseDirective, type Scalar } from "../directive/parse-directive";
import { type Home, homeOf } from "../target/receiver-home";
import { type DirectiveOptions, optionNames, resolveOptions } from "../directive/resolve-options";
import { problem } from "../context/rules";
import { type Span } from "../context/source-text";
import { resultThatIsNoPromise } from "../target/returned-promise";
import { resolveVersion } from "./version";

/** A function to be rewritten, which has passed all checks of its form. */
export interface PlannedTarget {
  readonly target: Target;
  readonly plan: TargetPlan;
  /** The options, with the places of their templates in the comment. */
  readonly options: DirectiveOptions;
  /** The place where its problems are shown. */
  readonly word: Span;
  /** The name that messages use for it. */
  readonly owner: string;
}

export interface AnalyzedFile {
  readonly targets: readonly PlannedTarget[];
  /**
   * For each directive with an error, the tags that it would have, or null if they can't be read.
   */
  readonly failed: readonly (readonly Scalar[] | null)[];
}

/**
 * Analyses all directives of a file: comment → directive → target → plan. Problems go to
 * `context.report`.
 */
export function analyzeFile(context: FileContext): AnalyzedFile {
  const planned: PlannedTarget[] = [];
  const failed: (readonly Scalar[] | null)[] = [];
  const claimed = new Set<ts.Node>();
  const keys = new Map<string, string>();
  // Directives before one token have the same target, and the climb to it takes as long as the
  // comments in between are.
  let last: FoundDirective | undefined;
  let target: FoundTarget | undefined;
  for (const found of findDirectives(context)) {
    if (!target || last?.token !== found.token || last.trailing !== found.trailing)
      target = findTarget(context, found);
    last = found;
    const options = resolveOptions(
      parseDirective(found.text, optionNames),
      context.options,
      context.report,
    );
    const one = analyzeDirective(context, found, target, options, claimed);
    if (!one) {
      failed.push(options?.tags ?? null);
      continue;
    }
    if (!one.plan.key.texts) {
      const other = keys.get(one.plan.name);
      if (other !== undefined) {
        context.report(problem("duplicateKey", one.word, one.owner, one.plan.name, other));
        failed.push(one.options.tags);
        continue;
      }
      keys.set(
        one.plan.name,
        `${one.owner} on line ${lineNumber(context.sourceFile, one.word.start)}`,
      );
    }
    planned.push(one);
  }
  if (planned.length > 0 && !checkHost(context, planned))
    return { targets: [], failed: [...failed, ...planned.map(({ options }) => options.tags)] };
  return { targets: planned, failed };
}

function analyzeDirective(
  context: FileContext,
  { word }: FoundDirective,
  target: FoundTarget,
  options: DirectiveOptions | null,
  claimed: Set<ts.Node>,
): PlannedTarget | null {
  const { report, moduleName } = context;
  if ("kind" in target) {
    report(
      target.kind === "no-target"
        ? problem("noTarget", word, target.above)
        : problem("unsupportedTarget", word, target.owner, target.what),
    );
    return null;
  }
  const owner = [...target.containers, target.name ?? "This function"].slice(-2).join(".");
  if (claimed.has(target.node)) {
    report(problem("duplicateDirective", word, owner));
    return null;
  }
  claimed.add(target.node);
  const facts = checkTarget(context, target, owner, word, options);
  if (!facts || !options) return null;
  if (target.name === null && !options.key && options.valid) {
    report(problem("anonymousFunction", word));
    return null;
  }
  if (!moduleName.isOwn && !options.key && options.valid) {
    report(problem("namelessPackage", word, owner));
  }
  const name = [moduleName.text, ...target.containers, target.name ?? "anonymous"]
    .filter((part) => part !== "")
    .join(".");
  const plan = createPlan(context, options, { ...facts, name }, word);
  if (!plan || !options.valid) return null;
  const version = resolveVersion(context, target.node, {
    options,
    owner,
    word,
    isBatch: facts.batch !== null,
  });
  return version && { target, plan: { ...plan, version: version.hash }, options, word, owner };
}

/** Reports everything that keeps the target from being cached. */
function checkTarget(
  context: FileContext,
  { node }: Target,
  owner: string,
  word: Span,
  options: DirectiveOptions | null,
): Omit<TargetFacts, "name"> | null {
  const { ts, report } = context;
  const refuse = (what: string): null => {
    report(problem("unsupportedTarget", word, owner, what));
    return null;
  };
  if (node.asteriskToken)
    return refuse(
      "it is a generator, which has many results. Collect them into an array in an async function.",
    );
  const otherResult = resultThatIsNoPromise(context, node);
  if (otherResult !== null) {
    report(problem("notAsync", word, owner, otherResult));
    return null;
  }
  if (ts.isFunctionDeclaration(node) && !isInBlock(ts, node))
    return refuse(
      "it is declared in a case of a switch, or as the body of another statement, where compilers disagree when it exists. Put braces around it.",
    );
  if (usesSuperBeforeSpread(ts, node))
    return refuse(
      "it uses super, and a spread after it may replace it. Move the spread before it.",
    );
  const parameters = parametersOf(context, node);
  const batch = options?.batch ? batchOf(context, node, parameters, owner, options.batch) : null;
  if (options?.batch && !batch) return null;
  return {
    owner,
    parameters: batch ? batchParameters(parameters, batch) : parameters,
    batch,
    listName: batch ? (parameters[0]?.local ?? null) : null,
    usesThis: mentions(context, node, "this"),
    usesArguments: !batch && mentions(context, node, "arguments"),
    changesData: changesDataIn(ts, node),
    changingDefaults: changingDefaults(context, node),
    home: homePlan(context, homeOf(context, node)),
  };
}

function homePlan(context: FileContext, home: Home | null): HomePlan | null {
  if (!home) return null;
  return context.ts.isObjectLiteralExpression(home)
    ? "literal"
    : { className: classNameOf(context, home) };
}

function batchOf(
  context: FileContext,
  node: TargetNode,
  parameters: readonly Parameter[],
  owner: string,
  span: Span,
): BatchPlan | null {
  const { report } = context;
  const refuse = (why: string): null => {
    report(problem("batchParameters", span, owner, why));
    return null;
  };
  const [first] = parameters;
  if (!first) return refuse("it has no parameter.");
  if (!first.rest && parameters.some((parameter) => parameter.rest))
    return refuse("its rest parameter is not its only one.");
  if (first.pattern) return refuse("its first parameter is destructured.");
  if (!first.rest && !isArrayParameter(context, node))
    return refuse(`its first parameter, ${first.local}, is not an array.`);
  const result = batchResult(context, node);
  if (result !== "undeclared map") return { result, rest: first.rest };
  report(problem("batchMapUndeclared", span, owner));
  return null;
}

function firstParameter({ ts }: FileContext, node: TargetNode): ts.ParameterDeclaration {
  const [first, second] = node.parameters;
  return (
    first && ts.isIdentifier(first.name) && first.name.text === "this" ? second : first
  ) as ts.ParameterDeclaration;
}

function isArrayParameter(context: FileContext, node: TargetNode): boolean {
  const { ts, checker } = context;
  const parameter = firstParameter(context, node);
  if (checker) {
    const type = checker.getTypeAtLocation(parameter);
    return (type.flags & ts.TypeFlags.Any) !== 0 || checker.isArrayLikeType(type);
  }
  // Without types, only a declaration that is certainly not an array is refused.
  const { type } = parameter;
  return (
    !type ||
    !(
      type.kind === ts.SyntaxKind.NumberKeyword ||
      type.kind === ts.SyntaxKind.StringKeyword ||
      type.kind === ts.SyntaxKind.BooleanKeyword
    )
  );
}

/** Reads the declared return type, because emitted code must not depend on inferred types. */
function batchResult(
  context: FileContext,
  node: TargetNode,
): BatchPlan["result"] | "undeclared map" {
  if (/^Promise\s*<\s*(Readonly)?Map\s*</.test(node.type?.getText() ?? "")) return "map";
  const { ts, checker } = context;
  const signature = checker?.getSignatureFromDeclaration(node);
  if (!checker || !signature) return "array";
  const type = checker.getAwaitedType(checker.getReturnTypeOfSignature(signature));
  const name = type && !(type.flags & ts.TypeFlags.Any) ? type.getSymbol()?.name : undefined;
  return name === "Map" || name === "ReadonlyMap" ? "undeclared map" : "array";
}

/** Puts one id in place of the list. It is called `id` unless another parameter has that name. */
function batchParameters([, ...further]: readonly Parameter[], batch: BatchPlan): Parameter[] {
  const id = madeUpParameter("id", further);
  return batch.rest ? [id] : [id, ...further];
}

/** Such a method must stay in its literal, and the runtime can't tell what has taken its place. */
function usesSuperBeforeSpread(ts: FileContext["ts"], node: TargetNode): boolean {
  if (
    !ts.isMethodDeclaration(node) ||
    !ts.isObjectLiteralExpression(node.parent) ||
    !usesSuper(ts, node)
  )
    return false;
  const { properties } = node.parent;
  return properties
    .slice(properties.indexOf(node) + 1)
    .some((property) => ts.isSpreadAssignment(property));
}

/**
 * Anywhere else, the statements that are added beside the function might run before it, or not at
 * all.
 */
function isInBlock(ts: FileContext["ts"], { parent }: ts.FunctionDeclaration): boolean {
  return ts.isSourceFile(parent) || ts.isBlock(parent) || ts.isModuleBlock(parent);
}

/** Reports compiler options that rule out the whole file. */
function checkHost(context: FileContext, [first]: readonly PlannedTarget[]): boolean {
  const { ts, compilerOptions, report } = context;
  const { word } = first as PlannedTarget;
  // TypeScript 5 means ES5 when no target is given, 6 the latest.
  const target =
    compilerOptions.target ??
    (Number.parseInt(ts.version, 10) < 6 && !isNodeModule(context)
      ? ts.ScriptTarget.ES5
      : ts.ScriptTarget.ESNext);
  if (target < ts.ScriptTarget.ES2017) report(problem("targetTooOld", word));
  const { module } = compilerOptions;
  const unsupported =
    module === ts.ModuleKind.AMD || module === ts.ModuleKind.UMD || module === ts.ModuleKind.System;
  if (unsupported) report(problem("unsupportedModule", word, ts.ModuleKind[module]));
  return target >= ts.ScriptTarget.ES2017 && !unsupported;
}

/** `module: node16` and later imply a recent target. */
function isNodeModule({ ts, compilerOptions: { module } }: FileContext): boolean {
  return module !== undefined && module >= ts.ModuleKind.Node16 && module <= ts.ModuleKind.NodeNext;
}
