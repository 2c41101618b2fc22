import type ts from "typescript";
import { parser } from "../../text/parser";
import { type Api } from "./api";
import { ParsedTexts } from "./parsed-texts";

type Compiler = typeof ts;

/**
 * The functions and enumerations of TypeScript 5 and 6 that zcache's analysis and checks use, over
 * the trees of TypeScript 7. What 7 has under the same name is taken as it is.
 */
export function createSyntax(api: Api): Compiler {
  const { ast, astTests, sync } = api;
  const { SyntaxKind, NodeFlags, ModifierFlags } = ast;
  const isOneOf = (...names: readonly (keyof typeof SyntaxKind)[]) => {
    const kinds = new Set<number>(names.map((name) => SyntaxKind[name]));
    return ({ kind }: ts.Node): boolean => kinds.has(kind);
  };
  const isBindingElement = isOneOf("BindingElement");
  const isDecorator = isOneOf("Decorator");
  const isFunction = isOneOf(...functions);
  const isIteration = isOneOf(...iterations);
  const isLabeled = isOneOf("LabeledStatement");
  const isOptionalLink = isOneOf(...optionalLinks);
  const isProperty = isOneOf("PropertyDeclaration");
  const isCall = isOneOf("CallExpression");
  const isVariable = isOneOf("VariableDeclaration");
  const isVariableList = isOneOf("VariableDeclarationList");

  const outermostPattern = (node: ts.Node): ts.Node => {
    let at = node;
    while (isBindingElement(at)) at = at.parent.parent;
    return at;
  };
  /** Those of `const { a } = b` stand at the statement, which is several nodes above `a`. */
  const combine = (node: ts.Node, flagsOf: (one: ts.Node) => number): number => {
    let at = outermostPattern(node);
    let flags = flagsOf(node) | flagsOf(at);
    if (isVariable(at)) flags |= flagsOf((at = at.parent));
    if (isVariableList(at)) flags |= flagsOf(at.parent);
    return flags;
  };
  const flagOf = modifierFlagsByKind(api);
  const modifierFlags = (node: ts.Node): number => {
    const { modifiers = [] } = node as { readonly modifiers?: readonly ts.Node[] };
    return modifiers.reduce((flags, { kind }) => flags | (flagOf.get(kind) ?? 0), 0);
  };
  const isInOptionalChain = ({ flags }: ts.Node): boolean =>
    (flags & NodeFlags.OptionalChain) !== 0;
  const parsed = new ParsedTexts(api, parser);

  const own = {
    version: api.version,
    SyntaxKind: { ...SyntaxKind, EndOfFileToken: SyntaxKind.EndOfFile },
    IndexKind: { String: 0, Number: 1 },
    createSourceFile: (fileName: string, text: string) => parsed.parse(fileName, text),
    createScanner: (
      _target: number,
      skipsTrivia: boolean,
      variant: number,
      text: string,
      _report: unknown,
      start: number,
      length: number,
    ) => ast.createScanner(skipsTrivia, variant, text, start, length),
    flattenDiagnosticMessageText: parser.flattenDiagnosticMessageText,
    forEachChild: <T>(
      node: ts.Node,
      visit: (child: ts.Node) => T | undefined,
      visitList?: (children: ts.NodeArray<ts.Node>) => T | undefined,
    ): T | undefined => node.forEachChild(visit, visitList),
    getNameOfDeclaration: ({ name }: ts.NamedDeclaration) => name,
    getOriginalNode: (node: ts.Node) => node,
    getCombinedModifierFlags: (node: ts.Node) => combine(node, modifierFlags),
    getCombinedNodeFlags: (node: ts.Node) => combine(node, ({ flags }) => flags),
    walkUpBindingElementsAndPatterns: outermostPattern,
    findAncestor: (
      node: ts.Node | undefined,
      isWanted: (one: ts.Node) => boolean | "quit",
    ): ts.Node | undefined => {
      for (let at = node; at; at = at.parent as ts.Node | undefined) {
        const answer = isWanted(at);
        if (answer === "quit") return undefined;
        if (answer) return at;
      }
      return undefined;
    },
    canHaveDecorators: isOneOf(...decoratedKinds),
    getDecorators: ({ modifiers }: ts.HasDecorators) => {
      const found = modifiers?.filter(isDecorator) ?? [];
      return found.length > 0 ? found : undefined;
    },
    canHaveModifiers: (node: ts.Node) => "modifiers" in node,
    getModifiers: ({ modifiers }: ts.HasModifiers) => modifiers?.filter((one) => !isDecorator(one)),
    isAccessor: isOneOf("GetAccessor", "SetAccessor"),
    isAutoAccessorPropertyDeclaration: (node: ts.Node) =>
      isProperty(node) && (modifierFlags(node) & ModifierFlags.Accessor) !== 0,
    isCallChain: (node: ts.Node) => isInOptionalChain(node) && isCall(node),
    isClassElement: isOneOf(...classElements),
    isClassLike: isOneOf("ClassDeclaration", "ClassExpression"),
    isFunctionLike: (node: ts.Node | undefined) => node !== undefined && isFunction(node),
    isGetAccessor: isOneOf("GetAccessor"),
    isGetAccessorDeclaration: isOneOf("GetAccessor"),
    isIterationStatement: (node: ts.Node, looksInLabels: boolean): boolean =>
      isIteration(node) ||
      (looksInLabels &&
        isLabeled(node) &&
        own.isIterationStatement((node as ts.LabeledStatement).statement, true)),
    isMethodSignature: isOneOf("MethodSignature"),
    isOptionalChain: (node: ts.Node) => isInOptionalChain(node) && isOptionalLink(node),
    isParameter: isOneOf("Parameter"),
    isPropertySignature: isOneOf("PropertySignature"),
    isSetAccessor: isOneOf("SetAccessor"),
    isStringLiteralLike: isOneOf("StringLiteral", "NoSubstitutionTemplateLiteral"),
    isTypeAssertionExpression: isOneOf("TypeAssertionExpression"),
  };
  return { ...sync, ...ast, ...astTests, ...own } as unknown as Compiler;
}

const optionalLinks = [
  "PropertyAccessExpression",
  "ElementAccessExpression",
  "CallExpression",
  "NonNullExpression",
] as const;

const decoratedKinds = [
  "Parameter",
  "PropertyDeclaration",
  "MethodDeclaration",
  "GetAccessor",
  "SetAccessor",
  "ClassExpression",
  "ClassDeclaration",
] as const;

const iterations = [
  "ForStatement",
  "ForInStatement",
  "ForOfStatement",
  "DoStatement",
  "WhileStatement",
] as const;

const classElements = [
  "Constructor",
  "PropertyDeclaration",
  "MethodDeclaration",
  "GetAccessor",
  "SetAccessor",
  "IndexSignature",
  "ClassStaticBlockDeclaration",
  "SemicolonClassElement",
] as const;

const functions = [
  "MethodSignature",
  "CallSignature",
  "JSDocSignature",
  "ConstructSignature",
  "IndexSignature",
  "FunctionType",
  "ConstructorType",
  "FunctionDeclaration",
  "MethodDeclaration",
  "Constructor",
  "GetAccessor",
  "SetAccessor",
  "FunctionExpression",
  "ArrowFunction",
] as const;

const modifiers = [
  "Abstract",
  "Accessor",
  "Async",
  "Const",
  "Default",
  "Export",
  "In",
  "Out",
  "Override",
  "Private",
  "Protected",
  "Public",
  "Readonly",
  "Static",
] as const;

/** Returns the flag of each modifier by the kind of its node. */
function modifierFlagsByKind({ ast: { SyntaxKind, ModifierFlags } }: Api): Map<number, number> {
  return new Map<number, number>([
    [SyntaxKind.Decorator, ModifierFlags.Decorator],
    [SyntaxKind.DeclareKeyword, ModifierFlags.Ambient],
    ...modifiers.map((name) => [SyntaxKind[`${name}Keyword`], ModifierFlags[name]] as const),
  ]);
}
