import type ts from "typescript";
import { visitNames } from "../../context/word-places";
import { oncePerProgram } from "../../context/once-per-program";
import { type CheckContext } from "../../plan/check-context";
import { isInvalidateTag, isOperation } from "../code/operation-symbols";
import { patternsOfArgument, roughPatternOfArgument } from "./tag-patterns";
import { targetOfExpression } from "../code/target-of-expression";
import { anyText, LazyPattern, type TextPattern } from "./text-pattern";

/** Code that invalidates the entries of a tag. */
export interface Invalidation {
  readonly sourceFile: ts.SourceFile;
  /** The argument, or null if the function is passed on, and called with any argument. */
  readonly argument: ts.Expression | null;
  /** The possible texts of the tag. */
  readonly pattern: LazyPattern;
  /** The cache's name, null for the default one, or undefined if it isn't known. */
  readonly cache: string | null | undefined;
}

/**
 * A name that may be that of an invalidation. Finding out takes types, which are asked only if the
 * text may matter.
 */
export class Candidate {
  #resolved: Invalidation | null | undefined;

  constructor(
    private readonly context: CheckContext,
    readonly sourceFile: ts.SourceFile,
    private readonly mention: Mention,
  ) {}

  /** Returns the possible texts of the tag, from the source text alone. */
  get rough(): TextPattern {
    return this.mention.rough;
  }

  get invalidation(): Invalidation | null {
    if (this.#resolved === undefined) this.#resolved = this.#resolve();
    return this.#resolved;
  }

  #resolve(): Invalidation | null {
    const { context, sourceFile } = this;
    const { name, access, call, argument, rough } = this.mention;
    const ofFunction = access !== null && isOperation(context, access);
    if (!ofFunction && !isInvalidateTag(context, name)) return null;
    return {
      sourceFile,
      argument,
      pattern: new LazyPattern(rough, () =>
        argument ? patternsOfArgument(context, argument) : [[anyText]],
      ),
      cache: ofFunction
        ? targetOfExpression(context, access.expression)?.plan.options.cache
        : namedCache(context, call),
    };
  }
}

/** Returns all calls of `invalidateTag` in the program, of either kind, in its order. */
export function invalidationsOf(context: CheckContext): readonly Invalidation[] {
  return candidatesOf(context).flatMap(({ invalidation }) => invalidation ?? []);
}

export const candidatesOf = oncePerProgram((context: CheckContext): readonly Candidate[] =>
  context.program
    .getSourceFiles()
    .flatMap((file) =>
      mentionsIn(context, file).map((mention) => new Candidate(context, file, mention)),
    ),
);

/** The syntax of a call. */
interface Mention {
  readonly name: ts.Identifier;
  readonly access: ts.PropertyAccessExpression | null;
  readonly call: ts.CallExpression | null;
  readonly argument: ts.Expression | null;
  readonly rough: TextPattern;
}

/** A file that did not change is read once, whatever the program. */
const knownMentions = new WeakMap<ts.SourceFile, readonly Mention[]>();

function mentionsIn(context: CheckContext, sourceFile: ts.SourceFile): readonly Mention[] {
  const before = knownMentions.get(sourceFile);
  if (before) return before;
  const { isDeclarationFile, text } = sourceFile;
  const isRead = !isDeclarationFile && text.includes("invalidateTag") && !isOwn(sourceFile);
  const found = isRead ? readMentions(context, sourceFile) : [];
  knownMentions.set(sourceFile, found);
  return found;
}

/** Whether the file is zcache's own source, which a program may compile too. */
function isOwn({ text }: ts.SourceFile): boolean {
  return (
    text.includes("interface CallableFunction") ||
    text.includes("export async function invalidateTag(")
  );
}

function readMentions(context: CheckContext, sourceFile: ts.SourceFile): Mention[] {
  const { ts } = context;
  const found: Mention[] = [];
  visitNames(ts, sourceFile, localNames(context, sourceFile), (name) => {
    if (ts.isImportSpecifier(name.parent) || ts.isExportSpecifier(name.parent)) return;
    const access =
      ts.isPropertyAccessExpression(name.parent) && name.parent.name === name ? name.parent : null;
    const callee = access ?? name;
    const call =
      ts.isCallExpression(callee.parent) && callee.parent.expression === callee
        ? callee.parent
        : null;
    const argument = call?.arguments[0] ?? null;
    found.push({
      name,
      access,
      call,
      argument,
      rough: argument ? roughPatternOfArgument(context, argument) : [anyText],
    });
  });
  return found;
}

/** Returns `invalidateTag`, and the names that imports give it. */
function localNames({ ts }: CheckContext, sourceFile: ts.SourceFile): ReadonlySet<string> {
  const bindings = sourceFile.statements.flatMap((statement) =>
    ts.isImportDeclaration(statement) ? (statement.importClause?.namedBindings ?? []) : [],
  );
  const specifiers = bindings.flatMap((binding) =>
    ts.isNamedImports(binding) ? binding.elements : [],
  );
  return new Set([
    "invalidateTag",
    ...specifiers
      .filter(({ propertyName }) => propertyName?.text === "invalidateTag")
      .map(({ name }) => name.text),
  ]);
}

/** `invalidateTag(tag, { cache: "sessions" })` */
function namedCache(
  { ts }: CheckContext,
  call: ts.CallExpression | null,
): string | null | undefined {
  const options = call?.arguments[1];
  if (!call || call.arguments.some((argument) => ts.isSpreadElement(argument))) return undefined;
  if (!options) return null;
  if (!ts.isObjectLiteralExpression(options)) return undefined;
  const [property] = options.properties;
  if (!property) return null;
  const isName =
    options.properties.length === 1 &&
    ts.isPropertyAssignment(property) &&
    property.name.getText() === "cache" &&
    ts.isStringLiteralLike(property.initializer);
  return isName ? property.initializer.text : undefined;
}
