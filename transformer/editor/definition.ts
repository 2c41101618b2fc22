import type ts from "typescript";
import { type CheckContext } from "../plan/check-context";
import { type Span } from "../context/source-text";
import { type Annotation } from "./annotations";
import { type Reference, referenceAt } from "./reference";

/**
 * Finds the declaration of a name in a template: a parameter, a property or, for `this`, the class.
 */
export function definitionAt(
  context: CheckContext,
  annotation: Annotation,
  position: number,
): ts.DefinitionInfoAndBoundSpan | null {
  const reference = referenceAt(context, annotation, position);
  if (!reference || reference.declarations.length === 0) return null;
  const { start, end } = reference.span;
  return {
    definitions: definitionsOf(context, reference),
    textSpan: { start, length: end - start },
  };
}

/** Returns the place of a declaration's name. */
export function namePlace(
  { ts }: CheckContext,
  declaration: ts.Declaration,
): { readonly file: ts.SourceFile; readonly name: ts.Node; readonly span: Span } {
  const name = ts.getNameOfDeclaration(declaration) ?? declaration;
  const file = declaration.getSourceFile();
  return { file, name, span: { start: name.getStart(file), end: name.end } };
}

function definitionsOf(context: CheckContext, { declarations }: Reference): ts.DefinitionInfo[] {
  const { ts } = context;
  return declarations.map((declaration) => {
    const { file, name, span } = namePlace(context, declaration);
    return {
      fileName: file.fileName,
      textSpan: { start: span.start, length: span.end - span.start },
      contextSpan: {
        start: declaration.getStart(file),
        length: declaration.end - declaration.getStart(file),
      },
      kind: kindOf(ts, declaration),
      name: name.getText(file),
      containerKind: ts.ScriptElementKind.unknown,
      containerName: "",
    };
  });
}

function kindOf(compiler: typeof ts, declaration: ts.Declaration): ts.ScriptElementKind {
  const { ScriptElementKind } = compiler;
  if (compiler.isParameter(declaration) || compiler.isBindingElement(declaration))
    return ScriptElementKind.parameterElement;
  if (compiler.isClassLike(declaration)) return ScriptElementKind.classElement;
  return compiler.isMethodDeclaration(declaration) || compiler.isMethodSignature(declaration)
    ? ScriptElementKind.memberFunctionElement
    : ScriptElementKind.memberVariableElement;
}
