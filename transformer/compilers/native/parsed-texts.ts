import type ts from "typescript";
import { type Syntax } from "../../context/syntax";
import { type Api } from "./api";

/**
 * Parses texts that aren't files of the program, such as the expressions of directives, because
 * TypeScript 7.0 can't. zcache's own parser, which is cut out of TypeScript 6, makes the tree; then
 * each node gets the number that its kind has in TypeScript 7.
 */
export class ParsedTexts {
  readonly #kinds: ReadonlyMap<number, number>;

  constructor(
    private readonly api: Api,
    private readonly parser: Syntax,
  ) {
    const { SyntaxKind } = api.ast;
    const names = Object.entries(parser.SyntaxKind).flatMap(([name, kind]) =>
      typeof kind === "number" && name in SyntaxKind
        ? [[kind, SyntaxKind[name as keyof typeof SyntaxKind] as number] as const]
        : [],
    );
    this.#kinds = new Map([...names, [parser.SyntaxKind.EndOfFileToken, SyntaxKind.EndOfFile]]);
  }

  parse(fileName: string, text: string): ts.SourceFile {
    const { ScriptTarget } = this.parser;
    const file = this.parser.createSourceFile(fileName, text, ScriptTarget.Latest, true);
    this.#convert(file);
    return file;
  }

  /** It keeps a stack of its own, because a long chain of operators is a deep tree. */
  #convert(root: ts.Node): void {
    const nodes: ts.Node[] = [root];
    // All is read before anything is changed, since nodes read the text by their parents' kinds.
    const facts = new Map<ts.Node, { children: ts.Node[]; start: number; isOptional: boolean }>();
    for (const node of nodes) {
      const children: ts.Node[] = [];
      this.parser.forEachChild(node, (child) => void children.push(child));
      nodes.push(...children);
      const isOptional = (node.flags & this.parser.NodeFlags.OptionalChain) !== 0;
      facts.set(node, { children, start: node.getStart(), isOptional });
    }
    for (const [node, { children, start, isOptional }] of facts) {
      const changed = node as unknown as Record<string, unknown>;
      for (const property of ["kind", "operator", "keywordToken"])
        if (typeof changed[property] === "number")
          changed[property] = this.#kinds.get(changed[property]);
      changed["flags"] = isOptional ? this.api.ast.NodeFlags.OptionalChain : 0;
      changed["getStart"] = () => start;
      changed["forEachChild"] = <T>(visit: (child: ts.Node) => T | undefined): T | undefined => {
        for (const child of children) {
          const found = visit(child);
          if (found) return found;
        }
        return undefined;
      };
    }
  }
}
