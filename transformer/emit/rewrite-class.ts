import type ts from "typescript";
import { createExpression, createStatements, inPlaceOf, nameInPlaceOf } from "./code";
import { type Emission } from "./emission";
import { classForm, methodForm } from "./forms";

export function rewriteClass(
  emission: Emission,
  node: ts.ClassLikeDeclaration,
): ts.ClassLikeDeclaration {
  const { ts } = emission.context;
  const methods = node.members.flatMap((member) => {
    const planned = ts.isMethodDeclaration(member) ? emission.plannedOf(member) : undefined;
    return planned && ts.isMethodDeclaration(member) ? [{ node: member, planned }] : [];
  });
  const form = classForm(emission, node, methods);
  if (methods.length === 0 && form.members === "") return node;
  const rewritten = node.members.flatMap((member) => {
    const method = methods.find((one) => one.node === member);
    return method ? rewriteMethod(emission, method) : [member];
  });
  const members = [...parseMembers(emission, form.members), ...rewritten];
  const all = ts.setTextRange(ts.factory.createNodeArray(members), node.members);
  const name =
    node.name ?? (form.name === null ? undefined : ts.factory.createIdentifier(form.name));
  const { modifiers, typeParameters, heritageClauses } = node;
  return ts.isClassDeclaration(node)
    ? ts.factory.updateClassDeclaration(node, modifiers, name, typeParameters, heritageClauses, all)
    : ts.factory.updateClassExpression(node, modifiers, name, typeParameters, heritageClauses, all);
}

function rewriteMethod(
  emission: Emission,
  { node, planned }: Parameters<typeof classForm>[2][number],
): readonly ts.ClassElement[] {
  const { ts } = emission.context;
  const form = methodForm(emission, node, planned);
  if (form.kind === "replaced") return [node];
  if (form.kind === "private") {
    const loader = updateMethod(
      emission,
      node,
      node.modifiers,
      nameInPlaceOf(ts, node.name, ts.factory.createPrivateIdentifier(form.loaderName)),
    );
    return [loader, ...parseMembers(emission, form.getter)];
  }
  const decorator = ts.factory.createDecorator(createExpression(ts, [form.decorator]));
  const modifiers = node.modifiers ?? [];
  const last = modifiers.findLastIndex((modifier) => ts.isDecorator(modifier));
  return [updateMethod(emission, node, modifiers.toSpliced(last + 1, 0, decorator), node.name)];
}

function updateMethod(
  { context: { ts } }: Emission,
  node: ts.MethodDeclaration,
  modifiers: readonly ts.ModifierLike[] | undefined,
  name: ts.PropertyName,
): ts.MethodDeclaration {
  const updated = ts.factory.updateMethodDeclaration(
    node,
    modifiers,
    node.asteriskToken,
    name,
    node.questionToken,
    node.typeParameters,
    node.parameters,
    node.type,
    node.body,
  );
  return inPlaceOf(ts, node, updated);
}

function parseMembers({ context: { ts } }: Emission, text: string): readonly ts.ClassElement[] {
  const [holder] = createStatements(ts, `class C { ${text} }`) as [ts.ClassDeclaration];
  return holder.members;
}
