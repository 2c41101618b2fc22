import type ts from "typescript";
import { type CheckContext } from "../plan/check-context";
import { type Scalar } from "../directive/parse-directive";
import { parseTemplate, parseTtl } from "../directive/parse-template";
import { type Span } from "../context/source-text";
import { type Annotation } from "./annotations";
import { nameNodeAt, ownerOf, scopeIn, typesOfOwner } from "./template-expression";

/** A name in a template, and what it refers to. */
export interface Reference {
  readonly span: Span;
  /** The declarations of a parameter, a property or a class. */
  readonly declarations: readonly ts.Declaration[];
}

export function referenceAt(
  context: CheckContext,
  annotation: Annotation,
  position: number,
): Reference | null {
  const { target, options } = annotation;
  if (!target || !options) return null;
  for (const { text, span, option } of expressionsOf(context, annotation)) {
    if (position < span.start || position > span.end) continue;
    if (/^\d+$/.test(text)) {
      const parameter = parametersOf(context, annotation)[Number(text)];
      return { span, declarations: parameter ? [parameter] : [] };
    }
    const name = nameNodeAt(context.ts, text, position - span.start);
    if (!name) return null;
    const start = span.start + name.getStart() - 1;
    return {
      span: { start, end: start + name.end - name.getStart() },
      declarations: declarationsOf(context, annotation, option, name),
    };
  }
  return null;
}

interface Expression {
  readonly option: string;
  readonly text: string;
  readonly span: Span;
}

/**
 * Returns the expressions whose text occurs in the source as it is, because escapes and folded
 * lines would shift the positions of names.
 */
function expressionsOf({ sourceFile }: CheckContext, { options }: Annotation): Expression[] {
  const inTemplate = (option: string, scalar: Scalar): Expression[] => {
    const parsed = option === "ttl" ? parseTtl(scalar.text) : parseTemplate(scalar.text);
    if ("message" in parsed) return [];
    return parsed.placeholders.map(({ text, start, end }) => ({
      option,
      text,
      span: scalar.part(start, end),
    }));
  };
  if (!options) return [];
  const { key, tags, when, ttlOfResult: ttl } = options;
  const all = [
    ...(key ? inTemplate("key", key) : []),
    ...tags.flatMap((tag) => inTemplate("tags", tag)),
    ...(ttl ? inTemplate("ttl", ttl) : []),
    ...(when ? [{ option: "when", text: when.text, span: when.part(0, when.text.length) }] : []),
  ];
  return all.filter(({ text, span }) => sourceFile.text.slice(span.start, span.end) === text);
}

function declarationsOf(
  context: CheckContext,
  annotation: Annotation,
  option: string,
  name: ts.Node,
): readonly ts.Declaration[] {
  const { ts, checker } = context;
  const scope = scopeIn(context, annotation, option);
  const access = ownerOf(ts, name);
  if (scope && access) {
    const { types } = typesOfOwner(context, scope, access.expression);
    const properties = (types ?? []).map((type) =>
      checker.getPropertyOfType(checker.getApparentType(type), (name as ts.Identifier).text),
    );
    return [...new Set(properties.flatMap((property) => property?.declarations ?? []))];
  }
  if (name.kind === ts.SyntaxKind.ThisKeyword)
    return scope?.receiver?.getSymbol()?.declarations ?? [];
  return bindingsOf(context, annotation).get((name as ts.Identifier).text) ?? [];
}

function bindingsOf(
  context: CheckContext,
  annotation: Annotation,
): ReadonlyMap<string, readonly ts.Declaration[]> {
  const { ts } = context;
  const found = new Map<string, readonly ts.Declaration[]>();
  const add = (declaration: ts.ParameterDeclaration | ts.BindingElement): void => {
    const { name } = declaration;
    if (ts.isIdentifier(name)) found.set(name.text, [declaration]);
    else for (const element of name.elements) if (!ts.isOmittedExpression(element)) add(element);
  };
  const [first, ...others] = parametersOf(context, annotation);
  if (first && !annotation.isBatch) add(first);
  // The name for one id of the list is one that no other parameter has.
  else if (first) found.set("id", [first]).set("_id", [first]);
  others.forEach(add);
  return found;
}

/** Returns the parameters without TypeScript's `this` parameter. */
function parametersOf({ ts }: CheckContext, { target }: Annotation): ts.ParameterDeclaration[] {
  const parameters = target?.node.parameters ?? [];
  return parameters.filter(({ name }) => !(ts.isIdentifier(name) && name.text === "this"));
}
