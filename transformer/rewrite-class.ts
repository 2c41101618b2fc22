import type ts from "typescript";
import { classNameMember } from "../runtime/plan";
import { createStatements } from "./code";
import { type Emission, type Planned } from "./emission";

/**
 * Methods stay in place. A static block, before all other static members, puts cached
 * functions in their places:
 *
 *     static { zc.method(load_plan, this.prototype, "load"); }
 *
 * A decorated method gets `@zc.decorate(load_plan)` as its innermost decorator, so that
 * the user's own see a cached function. A private one can't be replaced: a getter of its
 * name hands out the cached function. A class that may inherit cached methods, or has some that
 * read `this`, tells its name by a static method.
 */
export function rewriteClass(emission: Emission, node: ts.ClassLikeDeclaration): ts.ClassLikeDeclaration {
  const { ts } = emission.context;
  const block: string[] = [];
  // With legacy class decorators the compiler makes `void 0` of `this` in what is static.
  const byName = isLegacy(emission) && isDecorated(emission, node);
  const name = byName ? (node.name ?? ts.factory.createIdentifier(emission.free("default_1"))) : node.name;
  const self = byName && name ? name.text : "this";
  let changed = false;
  const members = node.members.flatMap((member) => {
    const planned = ts.isMethodDeclaration(member) ? emission.plannedOf(member) : undefined;
    if (!planned || !ts.isMethodDeclaration(member)) return [member];
    changed = true;
    const isPrivate = ts.isPrivateIdentifier(member.name);
    if (isPrivate && !isDecorated(emission, member)) return createPrivate(emission, member, planned);
    block.push(...placement(emission, member, planned, self));
    return [isDecorated(emission, member) ? decorate(emission, member, planned) : member];
  });
  const added = [...nameMember(emission, node), ...(block.length === 0 ? [] : staticBlock(emission, block))];
  if (!changed && added.length === 0) return node;
  const all = ts.setTextRange(ts.factory.createNodeArray([...added, ...members]), node.members);
  const { modifiers, typeParameters, heritageClauses } = node;
  return ts.isClassDeclaration(node)
    ? ts.factory.updateClassDeclaration(node, modifiers, name, typeParameters, heritageClauses, all)
    : ts.factory.updateClassExpression(node, modifiers, name, typeParameters, heritageClauses, all);
}

/** `static "zcache.class.1"() { return "shop.users.UserRepository"; }` */
function nameMember(emission: Emission, node: ts.ClassLikeDeclaration): readonly ts.ClassElement[] {
  const name = emission.classNameOf(node);
  if (name === undefined) return [];
  return parseMembers(emission, `static ${JSON.stringify(classNameMember)}() { return ${JSON.stringify(name)}; }`);
}

function staticBlock(emission: Emission, statements: readonly string[]): readonly ts.ClassElement[] {
  return parseMembers(emission, `static { ${statements.join(" ")} }`);
}

/** What the static block does for one method. */
function placement(
  emission: Emission,
  member: ts.MethodDeclaration,
  { planName, target }: Planned,
  self: string,
): string[] {
  const isDecoratedMethod = isDecorated(emission, member);
  // Legacy decorators are told the place themselves; standard ones are not.
  if (isDecoratedMethod && isLegacy(emission)) return [];
  const holder = isStatic(emission, member) ? self : `${self}.prototype`;
  return [
    `${emission.runtimeText(isDecoratedMethod ? "place" : "method")}(${planName}, ${holder}, ${JSON.stringify(target.name)});`,
  ];
}

function decorate(emission: Emission, method: ts.MethodDeclaration, { planName }: Planned): ts.MethodDeclaration {
  const { ts } = emission.context;
  const decorator = ts.factory.createDecorator(
    emission.runtimeCall("decorate", [ts.factory.createIdentifier(planName)]),
  );
  const modifiers = method.modifiers ?? [];
  const last = modifiers.findLastIndex((modifier) => ts.isDecorator(modifier));
  return updateMethod(emission, method, modifiers.toSpliced(last + 1, 0, decorator), method.name);
}

function createPrivate(
  emission: Emission,
  method: ts.MethodDeclaration,
  { planName, target }: Planned,
): ts.ClassElement[] {
  const { ts } = emission.context;
  const name = target.name as string;
  const loaderName = `#${emission.free(`${name.slice(1)}_loader`)}`;
  const loader = updateMethod(emission, method, method.modifiers, ts.factory.createPrivateIdentifier(loaderName));
  const cached = `${emission.runtimeText("privateMethod")}(${planName}, this.${loaderName}, ${JSON.stringify(name)})`;
  return [
    loader,
    ...parseMembers(emission, `${isStatic(emission, method) ? "static " : ""}get ${name}() { return ${cached}; }`),
  ];
}

function updateMethod(
  { context: { ts } }: Emission,
  node: ts.MethodDeclaration,
  modifiers: readonly ts.ModifierLike[] | undefined,
  name: ts.PropertyName,
): ts.MethodDeclaration {
  return ts.factory.updateMethodDeclaration(
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
}

function parseMembers({ context: { ts } }: Emission, text: string): readonly ts.ClassElement[] {
  const [holder] = createStatements(ts, `class C { ${text} }`) as [ts.ClassDeclaration];
  return holder.members;
}

function isLegacy({ context }: Emission): boolean {
  return context.compilerOptions.experimentalDecorators === true;
}

function isDecorated({ context: { ts } }: Emission, node: ts.MethodDeclaration | ts.ClassLikeDeclaration): boolean {
  return node.modifiers?.some((modifier) => ts.isDecorator(modifier)) ?? false;
}

function isStatic({ context: { ts } }: Emission, node: ts.MethodDeclaration): boolean {
  return node.modifiers?.some((modifier) => modifier.kind === ts.SyntaxKind.StaticKeyword) ?? false;
}
