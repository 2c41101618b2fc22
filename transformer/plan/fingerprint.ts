import { createHash } from "node:crypto";
import type ts from "typescript";
import { createTypeGraph, storedTypeOf, type TypeNode } from "./type-graph";

/** Distinguishes what a function stores from what it stored before. */
export interface Fingerprint {
  /**
   * 8 hexadecimal digits. They are equal for equal structures, whatever the compiler, the checkout,
   * or the order of declarations.
   */
  readonly hash: string;
  /**
   * The structure, to explain differences: `{createdAt:Date,id:number,tags:string[]}`. `^2` is the
   * second enclosing type, where a type recurs; `…` is a part that is left out for its size.
   */
  readonly text: string;
  /** The name of the record that is stored, alone, beside null, or in a list: `Profile`. */
  readonly typeName: string | null;
}

const maxTextLength = 4000;
/** Numbers of levels to print. The first that fits is used. */
const printedDepths = [64, 16, 12, 10, 8, 7, 6, 5, 4, 3, 2, 1];

/** Fingerprints what `node` resolves to or, in a batch, one element of it. */
export function fingerprintOf(
  compiler: typeof ts,
  program: ts.Program,
  node: ts.SignatureDeclaration,
  isBatch: boolean,
): Fingerprint {
  const checker = program.getTypeChecker();
  const type = storedTypeOf(compiler, checker, node, isBatch);
  if (!type)
    return {
      ...createFingerprint({ kind: "leaf", text: "any", labels: [], children: [] }),
      typeName: null,
    };
  return {
    ...createFingerprint(createTypeGraph(compiler, program, type)),
    typeName: recordName(compiler, program, type),
  };
}

/**
 * Computes the fingerprint from the graph alone. The hash covers all of it, even where the text's
 * limits leave something out.
 */
function createFingerprint(root: TypeNode): Pick<Fingerprint, "hash" | "text"> {
  const classes = findClasses(root);
  const all = [...new Set(classes.values())].sort();
  return {
    hash: sha256([classes.get(root), ...all].join()).slice(0, 8),
    text: printGraph(root, classes),
  };
}

/**
 * Computes a hash for each node that is equal for nodes of equal structure. A recursive type is a
 * cycle, and may be unrolled differently by each compiler, so its hash can't be made bottom-up.
 * Each round hashes every node together with its children's hashes of the round before, until a
 * round distinguishes no more nodes than the last. The number of rounds depends on structure alone.
 * A node's hash does not cover everything below it; the hashes of all nodes together do.
 */
function findClasses(root: TypeNode): ReadonlyMap<TypeNode, string> {
  const nodes = reachable(root);
  let classes = new Map(nodes.map((node) => [node, sha256(ownText(node))]));
  for (let count = 0, next = new Set(classes.values()).size; next > count;) {
    const last = classes;
    classes = new Map(
      nodes.map((node) => [node, sha256(`${ownText(node)}${childrenText(node, last)}`)]),
    );
    count = next;
    next = new Set(classes.values()).size;
  }
  return classes;
}

function reachable(root: TypeNode): TypeNode[] {
  const found = new Set([root]);
  for (const node of found) for (const child of node.children) found.add(child);
  return [...found];
}

function ownText({ kind, text, labels }: TypeNode): string {
  return JSON.stringify([kind, text, labels]);
}

function childrenText(
  { kind, children }: TypeNode,
  classes: ReadonlyMap<TypeNode, string>,
): string {
  const hashes = children.map((child) => classes.get(child) as string);
  return (kind === "union" ? [...new Set(hashes)].sort() : hashes).join();
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

function printGraph(root: TypeNode, classes: ReadonlyMap<TypeNode, string>): string {
  for (const depth of printedDepths) {
    const printer = new Printer(classes, depth);
    const text = printer.print(root, []);
    if (!printer.isFull && text.length <= maxTextLength) return text;
  }
  return "…";
}

class Printer {
  #printed = 0;

  constructor(
    private readonly classes: ReadonlyMap<TypeNode, string>,
    private readonly depth: number,
  ) {}

  /** Each node takes at least one character, so a text of more nodes is too long. */
  get isFull(): boolean {
    return this.#printed > maxTextLength;
  }

  /** @param outer classes of the enclosing brackets, outermost first */
  print(node: TypeNode, outer: readonly string[]): string {
    this.#printed++;
    if (this.isFull) return "…";
    if (node.kind === "leaf") return node.text;
    const own = this.classes.get(node) as string;
    const at = outer.lastIndexOf(own);
    if (at >= 0) return `^${outer.length - at}`;
    if (outer.length >= this.depth) return "…";
    const inner = [...outer, own];
    const children = node.children.map((child) => {
      const text = this.print(child, inner);
      return child.kind === "union" && bindsTighter.has(node.kind) && text.includes("|")
        ? `(${text})`
        : text;
    });
    return printers[node.kind](node, children);
  }
}

/** The kinds of node that put a union into parentheses. */
const bindsTighter: ReadonlySet<TypeNode["kind"]> = new Set(["list", "tuple", "union"]);

const printers: Record<
  Exclude<TypeNode["kind"], "leaf">,
  (node: TypeNode, children: readonly string[]) => string
> = {
  record: ({ text, labels }, children) =>
    `${text === "" ? "" : `${text}&`}{${children.map((child, i) => `${labels[i]}:${child}`).join()}}`,
  list: (_, [item = "any"]) => `${item}[]`,
  tuple: ({ labels }, children) =>
    `[${children.map((child, i) => (labels[i] === "..." ? `...${child}` : `${child}${labels[i]}`)).join()}]`,
  union: (_, children) => [...new Set(children)].sort().join("|"),
  named: ({ text }, children) => (children.length === 0 ? text : `${text}<${children.join()}>`),
};

/**
 * Returns the name that the user gave to the record: `Profile` for `Profile | null` and for
 * `readonly Profile[]`.
 */
function recordName(compiler: typeof ts, program: ts.Program, type: ts.Type): string | null {
  const name = type.aliasSymbol?.name;
  if (name !== undefined && !type.aliasTypeArguments) return name;
  if (type.isUnion()) {
    const records = type.types.filter((member) => member.flags & compiler.TypeFlags.Object);
    return records.length === 1 && records[0] ? recordName(compiler, program, records[0]) : null;
  }
  const checker = program.getTypeChecker();
  if (checker.isArrayType(type)) {
    const [item] = checker.getTypeArguments(type as ts.TypeReference);
    return item ? recordName(compiler, program, item) : null;
  }
  const symbol = type.getSymbol();
  const isNamed =
    symbol && (symbol.flags & (compiler.SymbolFlags.Class | compiler.SymbolFlags.Interface)) > 0;
  const [declaration] = symbol?.declarations ?? [];
  const isOwn = declaration && !program.isSourceFileDefaultLibrary(declaration.getSourceFile());
  return isNamed && isOwn ? symbol.name : null;
}
