import type ts from "typescript";
import { type RuntimeFunction, runtimeModule } from "../runtime/plan";
import { type PlannedTarget } from "./analyze-file";
import { createStatements, freeName } from "./code";
import { type FileContext } from "./file-context";
import { printPlan } from "./print-plan";
import { rewriteOperation } from "./rewrite-operation";

/**
 * The file with its targets rewritten, and the calls of operations that need a receiver.
 * Bodies stay as they are, where they are: each form gives the original function to the
 * runtime as the loader and puts a cached function in its place.
 */
export function rewriteFile(context: FileContext, targets: readonly PlannedTarget[], file: ts.SourceFile, transformation: ts.TransformationContext): ts.SourceFile {
  return new Rewriter(context, targets, transformation).rewrite(file);
}

interface Planned extends PlannedTarget {
  /** The name of its plan's function in the emitted file. */
  readonly planName: string;
}

class Rewriter {
  readonly #targets = new Map<ts.Node, Planned>();
  readonly #taken = new Set<string>();
  readonly #runtime: string;
  /** Statements to go to the top of a block, by the block: what is hoisted must be attached before anything runs. */
  readonly #tops = new Map<ts.Node, ts.Statement[]>();
  #usesRuntime = false;

  constructor(
    private readonly context: FileContext,
    targets: readonly PlannedTarget[],
    private readonly transformation: ts.TransformationContext,
  ) {
    this.#runtime = this.#free("zc");
    for (const planned of targets) {
      const planName = this.#free(`${planned.target.name ?? "anonymous"}_plan`);
      this.#targets.set(planned.target.node, { ...planned, planName });
    }
  }

  rewrite(file: ts.SourceFile): ts.SourceFile {
    const { ts, sourceFile } = this.context;
    const visited = ts.visitEachChild(file, this.#visit, this.transformation);
    if (!this.#usesRuntime) return visited;
    const plans = [...this.#targets.values()].map(({ planName, plan }) => printPlan(planName, plan)).join("\n");
    const isDirective = (statement: ts.Statement): boolean => ts.isExpressionStatement(statement) && ts.isStringLiteral(statement.expression);
    const first = visited.statements.findIndex((statement) => !isDirective(statement));
    const prologue = first < 0 ? visited.statements.length : first;
    const statements = [
      ...visited.statements.slice(0, prologue),
      ...this.#import(),
      ...(this.#tops.get(sourceFile) ?? []),
      ...visited.statements.slice(prologue),
      ...createStatements(ts, plans),
    ];
    return ts.factory.updateSourceFile(visited, ts.setTextRange(ts.factory.createNodeArray(statements), visited.statements));
  }

  /** An import that a transformer adds is not bound to its uses in CommonJS, so there it is a `require`. */
  #import(): ts.Statement[] {
    const from = JSON.stringify(runtimeModule);
    const text = this.context.format === "esm" ? `import * as ${this.#runtime} from ${from};` : `const ${this.#runtime} = require(${from});`;
    return createStatements(this.context.ts, text);
  }

  readonly #visit = (node: ts.Node): ts.VisitResult<ts.Node> => {
    const { ts } = this.context;
    const planned = this.#planned(node);
    if (planned && ts.isFunctionDeclaration(node)) return this.#declaration(node, planned);
    if (planned && (ts.isArrowFunction(node) || ts.isFunctionExpression(node))) return this.#expression(node, planned);
    if (planned && ts.isMethodDeclaration(node)) return this.#method(node, planned);
    if (ts.isClassLike(node)) return this.#class(node);
    if (ts.isObjectLiteralExpression(node)) return this.#objectLiteral(node);
    if (ts.isCallExpression(node)) {
      const rewritten = rewriteOperation(this.context, node, (name) => this.#runtimeFunction(name));
      if (rewritten) return ts.visitEachChild(rewritten, this.#visit, this.transformation);
    }
    const visited = ts.visitEachChild(node, this.#visit, this.transformation);
    return ts.isBlock(node) || ts.isModuleBlock(node) || ts.isCaseClause(node) || ts.isDefaultClause(node) ? this.#withTop(node, visited as typeof node) : visited;
  };

  /** loader, cached function under the original name, and at the top of the block what joins them: all three are hoisted. */
  #declaration(node: ts.FunctionDeclaration, { planName, target }: Planned): ts.Statement[] {
    const { ts } = this.context;
    const loaderName = this.#free(`${target.name}_loader`);
    // An anonymous default export gets a name to attach to; that callers see is still "default".
    const wrapperName = node.name?.text ?? this.#free("default_export");
    const visited = ts.visitEachChild(node, this.#visit, this.transformation);
    const own = (visited.modifiers ?? []).filter((modifier) => modifier.kind === ts.SyntaxKind.AsyncKeyword);
    const loader = ts.factory.updateFunctionDeclaration(visited, own, visited.asteriskToken, ts.factory.createIdentifier(loaderName), visited.typeParameters, visited.parameters, visited.type, visited.body);
    const exported = (node.modifiers ?? []).filter((modifier) => modifier.kind === ts.SyntaxKind.ExportKeyword || modifier.kind === ts.SyntaxKind.DefaultKeyword);
    const words = exported.map((modifier) => `${ts.tokenToString(modifier.kind)} `).join("");
    const [wrapper] = createStatements(ts, `${words}function ${wrapperName}() { return ${this.#runtimeCall("call")}(${planName}, ${loaderName}, this, arguments); }`);
    const name = node.name ? "" : `, "default"`;
    this.#addTop(ts.getOriginalNode(node).parent, `${this.#runtimeCall("attach")}(${wrapperName}, ${planName}, ${loaderName}${name});`);
    return [loader, wrapper as ts.Statement];
  }

  #expression(node: ts.ArrowFunction | ts.FunctionExpression, planned: Planned): ts.Expression {
    const { ts } = this.context;
    const loader = ts.visitEachChild(node, this.#visit, this.transformation);
    // The name that an arrow function gets from what it is assigned to is lost behind a call.
    const name = node.name?.text ?? planned.target.name;
    const lexicalThis = ts.isArrowFunction(node) && planned.plan.templatesUseThis;
    return this.#wrap(planned.planName, loader, name, lexicalThis);
  }

  #wrap(planName: string, loader: ts.Expression, name: string | null, lexicalThis: boolean): ts.Expression {
    const { factory } = this.context.ts;
    const args: ts.Expression[] = [factory.createIdentifier(planName), loader];
    if (name !== null || lexicalThis) args.push(name === null ? factory.createVoidZero() : factory.createStringLiteral(name));
    if (lexicalThis) args.push(factory.createThis());
    return factory.createCallExpression(this.#runtimeFunction("wrap"), undefined, args);
  }

  /** A method stays in place; what replaces it is done by the class or object (see below). */
  #method(node: ts.MethodDeclaration, planned: Planned): ts.VisitResult<ts.Node> {
    const { ts } = this.context;
    const visited = ts.visitEachChild(node, this.#visit, this.transformation);
    if (isDecorated(ts, node)) {
      // The innermost decorator, so that the user's own see a cached function, of both kinds of decorators.
      const decorator = ts.factory.createDecorator(ts.factory.createCallExpression(this.#runtimeFunction("decorate"), undefined, [ts.factory.createIdentifier(planned.planName)]));
      const lastDecorator = (visited.modifiers ?? []).findLastIndex((modifier) => ts.isDecorator(modifier));
      const modifiers = (visited.modifiers ?? []).toSpliced(lastDecorator + 1, 0, decorator);
      return this.#updateMethod(visited, modifiers, visited.name);
    }
    return planned.target.form === "private-method" ? this.#privateMethod(visited, planned) : visited;
  }

  /** A private method can't be replaced: a getter of its name hands out the cached function. */
  #privateMethod(visited: ts.MethodDeclaration, { planName, target }: Planned): ts.Node[] {
    const { ts } = this.context;
    const name = target.name as string;
    const loaderName = `#${this.#free(`${name.slice(1)}_loader`)}`;
    const isStatic = (visited.modifiers ?? []).some((modifier) => modifier.kind === ts.SyntaxKind.StaticKeyword);
    const text = `class C { ${isStatic ? "static " : ""}get ${name}() { return ${this.#runtimeCall("privateMethod")}(${planName}, this.${loaderName}, ${JSON.stringify(name)}); } }`;
    const [holder] = createStatements(ts, text) as [ts.ClassDeclaration];
    return [this.#updateMethod(visited, visited.modifiers, ts.factory.createPrivateIdentifier(loaderName)), ...holder.members];
  }

  #updateMethod(node: ts.MethodDeclaration, modifiers: readonly ts.ModifierLike[] | undefined, name: ts.PropertyName): ts.MethodDeclaration {
    return this.context.ts.factory.updateMethodDeclaration(node, modifiers, node.asteriskToken, name, node.questionToken, node.typeParameters, node.parameters, node.type, node.body);
  }

  /** A static block, before all other static members, that replaces the methods. */
  #class(node: ts.ClassLikeDeclaration): ts.Node {
    const { ts, compilerOptions } = this.context;
    const visited = ts.visitEachChild(node, this.#visit, this.transformation);
    const replacements = node.members.flatMap((member) => {
      const planned = this.#planned(member);
      if (!planned || !ts.isMethodDeclaration(member) || planned.target.form !== "method") return [];
      // Legacy decorators tell the place themselves; standard ones are not told.
      if (isDecorated(ts, member) && compilerOptions.experimentalDecorators) return [];
      const isStatic = ts.getCombinedModifierFlags(member) & ts.ModifierFlags.Static;
      const place = `(${planned.planName}, this${isStatic ? "" : ".prototype"}, ${JSON.stringify(planned.target.name)});`;
      return [`${this.#runtimeCall(isDecorated(ts, member) ? "place" : "method")}${place}`];
    });
    if (replacements.length === 0) return visited;
    const [holder] = createStatements(ts, `class C { static { ${replacements.join(" ")} } }`) as [ts.ClassDeclaration];
    const members = ts.setTextRange(ts.factory.createNodeArray([...holder.members, ...visited.members]), visited.members);
    return ts.isClassDeclaration(visited)
      ? ts.factory.updateClassDeclaration(visited, visited.modifiers, visited.name, visited.typeParameters, visited.heritageClauses, members)
      : ts.factory.updateClassExpression(visited as ts.ClassExpression, visited.modifiers, visited.name, visited.typeParameters, visited.heritageClauses, members);
  }

  /** Methods become properties. Those that use `super` must stay methods: the whole literal is given to the runtime. */
  #objectLiteral(node: ts.ObjectLiteralExpression): ts.Expression {
    const { ts } = this.context;
    const { factory } = ts;
    const visited = ts.visitEachChild(node, this.#visit, this.transformation);
    const replaced: string[] = [];
    const properties = visited.properties.map((property, i) => {
      const original = node.properties[i] as ts.ObjectLiteralElementLike;
      const planned = this.#planned(original);
      if (!planned || !ts.isMethodDeclaration(original) || !ts.isMethodDeclaration(property)) return property;
      if (usesSuper(ts, original)) {
        replaced.push(`[${JSON.stringify(planned.target.name)}, ${planned.planName}]`);
        return property;
      }
      const loader = factory.createFunctionExpression(property.modifiers as ts.NodeArray<ts.Modifier> | undefined, undefined, undefined, property.typeParameters, property.parameters, property.type, property.body as ts.Block);
      ts.setOriginalNode(ts.setTextRange(loader, property), original);
      ts.setEmitFlags(loader, ts.EmitFlags.NoComments);
      const wrapped = this.#wrap(planned.planName, loader, planned.target.name, false);
      return ts.setTextRange(factory.createPropertyAssignment(property.name, wrapped), property);
    });
    const literal = factory.updateObjectLiteralExpression(visited, properties);
    if (replaced.length === 0) return literal;
    const [list] = createStatements(ts, `[${replaced.join(", ")}]`) as [ts.ExpressionStatement];
    return factory.createCallExpression(this.#runtimeFunction("object"), undefined, [literal, list.expression]);
  }

  #withTop<T extends ts.Block | ts.ModuleBlock | ts.CaseOrDefaultClause>(original: T, visited: T): ts.Node {
    const { ts } = this.context;
    const top = this.#tops.get(ts.getOriginalNode(original));
    if (!top) return visited;
    const { statements } = visited;
    const isDirective = (statement: ts.Statement): boolean => ts.isExpressionStatement(statement) && ts.isStringLiteral(statement.expression);
    const first = Math.max(0, statements.findIndex((statement) => !isDirective(statement)));
    const all = ts.setTextRange(ts.factory.createNodeArray([...statements.slice(0, first), ...top, ...statements.slice(first)]), statements);
    if (ts.isBlock(visited)) return ts.factory.updateBlock(visited, all);
    if (ts.isModuleBlock(visited)) return ts.factory.updateModuleBlock(visited, all);
    return ts.isCaseClause(visited) ? ts.factory.updateCaseClause(visited, visited.expression, all) : ts.factory.updateDefaultClause(visited, all);
  }

  #addTop(block: ts.Node, text: string): void {
    const top = this.#tops.get(block) ?? [];
    top.push(...createStatements(this.context.ts, text));
    this.#tops.set(block, top);
  }

  /** By the node that was analysed: another transformer may have made a new one of it. */
  #planned(node: ts.Node): Planned | undefined {
    return this.#targets.get(this.context.ts.getOriginalNode(node));
  }

  #free(name: string): string {
    return freeName(this.context.sourceFile.text, name, this.#taken);
  }

  #runtimeCall(name: RuntimeFunction): string {
    this.#usesRuntime = true;
    return `${this.#runtime}.${name}`;
  }

  #runtimeFunction(name: RuntimeFunction): ts.Expression {
    const { factory } = this.context.ts;
    this.#usesRuntime = true;
    return factory.createPropertyAccessExpression(factory.createIdentifier(this.#runtime), name);
  }
}

function isDecorated(ts: FileContext["ts"], node: ts.MethodDeclaration): boolean {
  return (ts.getDecorators(node)?.length ?? 0) > 0;
}

export function usesSuper(ts: FileContext["ts"], node: ts.Node): boolean {
  return node.kind === ts.SyntaxKind.SuperKeyword || (ts.forEachChild(node, (child) => usesSuper(ts, child)) ?? false);
}
