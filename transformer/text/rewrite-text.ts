import type ts from "typescript";
import { type PlannedTarget } from "../plan/analyze-file";
import { type Planned } from "../emit/emitted-file";
import { type FileContext } from "../context/file-context";
import {
  becomesProperty,
  classForm,
  declarationForm,
  functionExpressionForm,
  methodForm,
  objectPieces,
  type Pieces,
  propertyPieces,
} from "../emit/forms";
import { operationForm, operations } from "../emit/operation-form";
import { ownTokens, type Token } from "../context/own-tokens";
import { holdsPlace, placesOf } from "../context/word-places";
import { type MagicString } from "./magic-string";
import { afterPrologue, topOf } from "./top-of-file";
import { TextEmission } from "./text-emission";

/**
 * Makes a file's targets cached functions by editing its text. Bodies stay as they are, where they
 * are, and no line moves: every replacement is within its line.
 */
export function rewriteText(
  context: FileContext,
  targets: readonly PlannedTarget[],
  text: InstanceType<typeof MagicString>,
): void {
  new TextRewriter(new TextEmission(context, targets), targets, text).rewriteFile();
}

/**
 * Walks in the order of the source. Insertions at a node's start go from the outside in, those at a
 * node's end from the inside out.
 */
class TextRewriter {
  readonly #ts: FileContext["ts"];
  readonly #file: ts.SourceFile;
  readonly #places: readonly number[];
  /**
   * Text for the top of the block being visited, because hoisted functions must be attached before
   * anything runs.
   */
  #tops: string[] = [];

  constructor(
    private readonly emission: TextEmission,
    targets: readonly PlannedTarget[],
    private readonly text: InstanceType<typeof MagicString>,
  ) {
    const { ts, sourceFile } = emission.context;
    this.#ts = ts;
    this.#file = sourceFile;
    const ofTargets = targets.map(({ target }) => target.node.pos);
    const ofClasses = Array.from(emission.namedClasses, ({ pos }) => pos);
    const ofOperations = placesOf(sourceFile.text, operations, sourceFile);
    this.#places = [...ofTargets, ...ofClasses, ...ofOperations].sort((a, b) => a - b);
  }

  rewriteFile(): void {
    const { emission, text } = this;
    const tops = this.#visitScope(this.#file);
    // A file may have nothing but derived classes, whose names don't need the runtime.
    if (!emission.usesRuntime) return;
    const { position, before } = topOf(this.#ts, this.#file);
    text.prependLeft(position, `${before}${[emission.headerText(), ...tops].join(" ")} `);
    const plans = emission.plansText();
    if (plans !== "") text.append(`\n${plans}\n`);
  }

  #visitScope(scope: ts.Node): readonly string[] {
    const outer = this.#tops;
    const tops: string[] = (this.#tops = []);
    this.#ts.forEachChild(scope, this.#visit);
    this.#tops = outer;
    return tops;
  }

  readonly #visit = (node: ts.Node): void => {
    const ts = this.#ts;
    if (!holdsPlace(this.#places, node)) return;
    if (ts.isBlock(node) || ts.isModuleBlock(node)) return this.#block(node);
    if (ts.isObjectLiteralExpression(node))
      return this.#put(node, objectPieces(this.emission, node));
    if (ts.isCallExpression(node)) return this.#call(node);
    if (ts.isClassLike(node)) return this.#class(node);
    const planned = this.emission.plannedOf(node);
    if (!planned) return this.#children(node);
    if (ts.isArrowFunction(node) || ts.isFunctionExpression(node))
      return this.#functionExpression(node, planned);
    if (ts.isFunctionDeclaration(node)) return this.#declaration(node, planned);
    const method = node as ts.MethodDeclaration;
    return ts.isObjectLiteralExpression(node.parent)
      ? this.#property(method, planned)
      : this.#method(method, planned);
  };

  #children(node: ts.Node): void {
    this.#ts.forEachChild(node, this.#visit);
  }

  /**
   * Puts the pieces in the place of a node. The nodes among them stay where they are; if one is the
   * node itself, it is not visited again.
   */
  #put(place: ts.Node, pieces: Pieces): void {
    const start = place.getStart(this.#file);
    let at = start;
    let text = "";
    for (const piece of pieces) {
      if (typeof piece === "string") {
        text += piece;
        continue;
      }
      this.#replace(at, piece.getStart(this.#file), text, at === start ? "behind" : "before");
      if (piece === place) this.#children(piece);
      else this.#visit(piece);
      at = piece.end;
      text = "";
    }
    this.#replace(at, place.end, text, "before");
  }

  /**
   * Replaces text and keeps the line ends in it, because no line may move. They go before the new
   * text, so that `\n.add` stays on its line, but after what begins an expression, because a
   * `return` must not end there.
   */
  #replace(start: number, end: number, by: string, lineEnds: "before" | "behind" = "behind"): void {
    const { text } = this.#file;
    if (start === end) {
      if (by !== "") this.text.appendLeft(start, by);
    } else {
      const ends = text.slice(start, end).replaceAll(/[^\r\n\u2028\u2029]/g, "");
      this.text.update(start, end, lineEnds === "before" ? ends + by : by + ends);
    }
  }

  #replaceNode(node: ts.Node, by: string): void {
    this.#replace(node.getStart(this.#file), node.end, by);
  }

  #insert(position: number, text: string): void {
    this.#replace(position, position, text);
  }

  #block(block: ts.Block | ts.ModuleBlock): void {
    const tops = this.#visitScope(block);
    if (tops.length === 0) return;
    const { position, before } = afterPrologue(this.#ts, block.statements) ?? {
      position: block.getStart(this.#file) + 1,
      before: "",
    };
    this.text.prependLeft(position, `${before} ${tops.join(" ")}`);
  }

  #call(call: ts.CallExpression): void {
    const form = operationForm(this.emission, call);
    if (!form) return this.#children(call);
    const { callee, pieces, optional } = form;
    // A line that begins with a parenthesis would continue the statement before it.
    if ((pieces[0] as string).startsWith("(") && this.#beginsStatement(call))
      this.#insert(call.getStart(this.#file), ";");
    this.#put(callee.expression, pieces);
    if (optional && !callee.questionDotToken) this.#putQuestionDot(callee);
    this.#ts.forEachChild(call, (child) => {
      if (child !== call.expression) this.#visit(child);
    });
  }

  /** `a.b` → `a?.b`, `a[b]` → `a?.[b]` */
  #putQuestionDot(access: ts.PropertyAccessExpression | ts.ElementAccessExpression): void {
    if (this.#ts.isPropertyAccessExpression(access))
      this.#insert(this.#tokenOf(access, "DotToken").start, "?");
    else this.#insert(this.#tokenOf(access, "OpenBracketToken").start, "?.");
  }

  #beginsStatement(node: ts.Node): boolean {
    const ts = this.#ts;
    const start = node.getStart(this.#file);
    for (let outer = node.parent; outer.getStart(this.#file) === start; outer = outer.parent)
      if (ts.isExpressionStatement(outer))
        return (outer.parent as { readonly statements?: unknown }).statements !== undefined;
    return false;
  }

  #declaration(node: ts.FunctionDeclaration, planned: Planned): void {
    const { loaderName, attach, wrapper } = declarationForm(this.emission, node, planned);
    const { ExportKeyword, DefaultKeyword } = this.#ts.SyntaxKind;
    this.#tops.push(attach);
    for (const modifier of node.modifiers ?? [])
      if (modifier.kind === ExportKeyword || modifier.kind === DefaultKeyword)
        this.#replaceNode(modifier, "");
    if (node.name) this.#replaceNode(node.name, loaderName);
    else this.#insert(this.#tokenOf(node, "FunctionKeyword").end, ` ${loaderName}`);
    this.#children(node);
    this.#insert(node.end, ` ${wrapper}`);
  }

  #functionExpression(node: ts.ArrowFunction | ts.FunctionExpression, planned: Planned): void {
    const { pieces, anonymous } = functionExpressionForm(this.emission, node, planned);
    if (anonymous && node.name) this.#replaceNode(node.name, "");
    this.#put(node, pieces);
  }

  #tokenOf(
    node: ts.Node,
    kind: "FunctionKeyword" | "ClassKeyword" | "DotToken" | "OpenBracketToken",
  ): Token {
    const wanted = this.#ts.SyntaxKind[kind];
    for (const token of ownTokens(this.#ts, node)) if (token.kind === wanted) return token;
    throw new Error(`${kind} is not part of ${node.getText(this.#file)}.`);
  }

  #class(node: ts.ClassLikeDeclaration): void {
    const ts = this.#ts;
    const methods = node.members.flatMap((member) => {
      const planned = ts.isMethodDeclaration(member) ? this.emission.plannedOf(member) : undefined;
      return planned && ts.isMethodDeclaration(member) ? [{ node: member, planned }] : [];
    });
    const { members, name } = classForm(this.emission, node, methods);
    if (name !== null && !node.name)
      this.#insert(this.#tokenOf(node, "ClassKeyword").end, ` ${name}`);
    if (members !== "") this.text.prependLeft(node.members.pos, ` ${members}`);
    this.#children(node);
  }

  #method(node: ts.MethodDeclaration, planned: Planned): void {
    const form = methodForm(this.emission, node, planned);
    if (form.kind === "decorated") {
      const last = node.modifiers?.findLast((modifier) =>
        this.#ts.isDecorator(modifier),
      ) as ts.Decorator;
      // It is inserted before the name's line, so that it comes after a directive between the
      // decorators and the name.
      this.#insert(last.end, ` @${form.decorator}`);
    }
    if (form.kind === "private") this.#replaceNode(node.name, form.loaderName);
    this.#children(node);
    if (form.kind === "private") this.#insert(node.end, ` ${form.getter}`);
  }

  #property(node: ts.MethodDeclaration, planned: Planned): void {
    if (becomesProperty(this.emission, planned))
      this.#put(node, propertyPieces(this.emission, node, planned));
    else this.#children(node);
  }
}
