import type ts from "typescript";
import { keyText, tagText } from "../../runtime/keys/key";
import { type KeyTemplate, type Template } from "../../runtime/plan";
import { type PlannedTarget } from "../plan/analyze-file";
import { callTemplate } from "./interpret";
import { argumentCount, printPlan } from "../emit/print-plan";

/** A call with made-up arguments, with the key and tags that its entry would have. */
export interface ExampleCall {
  /** `profile(5, "org")` */
  readonly call: string;
  /** It is null if the made-up arguments can't be part of a key. */
  readonly key: string | null;
  /** A tag is null if the made-up arguments can't make it, or if it is made of the result. */
  readonly tags: readonly (string | null)[];
}

/**
 * Interprets the emitted functions themselves, so that the key is the one that a call has. It runs
 * nothing of the source.
 */
export function createExampleCall(
  compiler: typeof ts,
  checker: ts.TypeChecker,
  { target, plan, options }: PlannedTarget,
): ExampleCall {
  const sampler = new Sampler(compiler, checker);
  const { node } = target;
  const isParameter = ({ name }: ts.ParameterDeclaration): boolean => name.getText() !== "this";
  const args = node.parameters.filter(isParameter).flatMap((parameter, i) => {
    // It is not part of the key, and it has no value that can be shown.
    if (i === plan.signal) return [undefined];
    const sample = sampler.ofParameter(parameter);
    return parameter.dotDotDotToken
      ? Array.isArray(sample)
        ? (sample as unknown[])
        : [sample]
      : [sample];
  });
  const self = compiler.isClassLike(node.parent)
    ? sampler.ofType(checker.getTypeAtLocation(node.parent))
    : {};
  const name = target.name ?? "anonymous";
  const { version } = plan;
  // In a batch, templates see one id.
  const keyArgs =
    plan.batch && !plan.batch.rest && Array.isArray(args[0])
      ? [(args[0] as unknown[])[0], ...args.slice(1)]
      : args;
  const functions = templatesOf(compiler, printPlan("plan", plan));
  const template = (name: "key" | `tag ${number}`): Template => ({
    text: (encode, ...args) => {
      const method = functions.get(name);
      const text = method && callTemplate(compiler, method, self, [encode, ...args]);
      if (typeof text !== "string") throw new Error(`There is no ${name}.`);
      return text;
    },
  });
  const namespace = options.namespace === null ? "" : `${options.namespace}:`;
  const isExplicit = plan.key.texts !== null;
  const prefix = isExplicit
    ? `${namespace}${version === null ? "" : `${version}:`}`
    : `${namespace}${plan.name}${version === null ? "" : `@${version}`}|`;
  const count = argumentCount(plan.key);
  const written: KeyTemplate = isExplicit
    ? { ...template("key"), explicit: true }
    : template("key");
  const key = orNull(() =>
    keyText(prefix, count === null ? written : { arguments: count }, name, self, keyArgs),
  );
  const ofArguments = plan.tags.filter(({ usesResult }) => !usesResult);
  const tags = plan.tags.map((tag) =>
    tag.usesResult
      ? null
      : orNull(() => tagText(template(`tag ${ofArguments.indexOf(tag)}`), name, self, keyArgs)),
  );
  const shown = plan.signal === args.length - 1 ? args.slice(0, -1) : args;
  return { call: `${name}(${shown.map(show).join(", ")})`, key, tags };
}

/** Returns the functions in a plan that make its key and its tags from the arguments. */
function templatesOf(compiler: typeof ts, plan: string): ReadonlyMap<string, ts.MethodDeclaration> {
  const file = compiler.createSourceFile("plan.js", plan, compiler.ScriptTarget.Latest, true);
  const found = new Map<string, ts.MethodDeclaration>();
  const add = (name: string, template: ts.Node): void => {
    if (!compiler.isObjectLiteralExpression(template)) return;
    const method = template.properties.find((one) => one.name?.getText(file) === "text");
    if (method && compiler.isMethodDeclaration(method)) found.set(name, method);
  };
  for (const property of propertiesOf(compiler, file)) {
    if (!compiler.isPropertyAssignment(property)) continue;
    const { initializer } = property;
    const name = property.name.getText(file);
    if (name === "key") add("key", initializer);
    if (name === "tags" && compiler.isArrayLiteralExpression(initializer))
      for (const [i, tag] of initializer.elements.entries()) add(`tag ${i}`, tag);
  }
  return found;
}

/** Returns the properties of the object that the plan's function returns. */
function propertiesOf(
  compiler: typeof ts,
  file: ts.SourceFile,
): readonly ts.ObjectLiteralElementLike[] {
  const [plan] = file.statements;
  const [made] = plan && compiler.isFunctionDeclaration(plan) ? (plan.body?.statements ?? []) : [];
  const object = made && compiler.isReturnStatement(made) ? made.expression : undefined;
  return object && compiler.isObjectLiteralExpression(object) ? object.properties : [];
}

function orNull<Value>(make: () => Value): Value | null {
  try {
    return make();
  } catch {
    return null;
  }
}

const maxDepth = 4;

/** Makes example values of a type: the smallest that show in a key what they are. */
class Sampler {
  constructor(
    private readonly ts: typeof import("typescript"),
    private readonly checker: ts.TypeChecker,
  ) {}

  ofParameter(parameter: ts.ParameterDeclaration): unknown {
    return this.ofType(this.checker.getTypeAtLocation(parameter), parameter.name.getText());
  }

  ofType(type: ts.Type, name = "text", depth = 0): unknown {
    const { TypeFlags } = this.ts;
    const { flags } = type;
    if (flags & TypeFlags.StringLiteral || flags & TypeFlags.NumberLiteral)
      return (type as ts.LiteralType).value;
    if (flags & TypeFlags.StringLike) return name;
    if (flags & TypeFlags.NumberLike) return 5;
    if (flags & TypeFlags.BooleanLike) return true;
    if (flags & TypeFlags.BigIntLike) return 5n;
    if (type.isUnion()) return this.#ofUnion(type, name, depth);
    if (type.isIntersection()) return this.ofType(type.types[0] as ts.Type, name, depth);
    return flags & TypeFlags.Object && depth < maxDepth
      ? this.#ofObject(type, name, depth)
      : undefined;
  }

  #ofUnion({ types }: ts.UnionType, name: string, depth: number): unknown {
    const { Undefined, Null } = this.ts.TypeFlags;
    const told = types.find(({ flags }) => !(flags & (Undefined | Null)));
    return told && this.ofType(told, name, depth);
  }

  #ofObject(type: ts.Type, name: string, depth: number): unknown {
    const { checker } = this;
    if (checker.isArrayLikeType(type)) {
      const [item] = checker.getTypeArguments(type as ts.TypeReference);
      return item ? [this.ofType(item, name.replace(/s$/, ""), depth + 1)] : [];
    }
    const symbol = type.getSymbol()?.name;
    // The current time would give another key each time.
    if (symbol === "Date") return new Date(0);
    if (symbol === "Map" || symbol === "ReadonlyMap") return new Map();
    if (symbol === "Set" || symbol === "ReadonlySet") return new Set();
    const properties = checker
      .getPropertiesOfType(type)
      .filter(({ flags }) => !(flags & this.ts.SymbolFlags.Method));
    const entries = properties
      .map(
        (property) =>
          [
            property.name,
            this.ofType(checker.getTypeOfSymbol(property), property.name, depth + 1),
          ] as const,
      )
      .filter(([, value]) => value !== undefined);
    return Object.fromEntries(entries);
  }
}

function show(value: unknown): string {
  if (value instanceof Date) return `new Date(${value.getTime()})`;
  if (value instanceof Map || value instanceof Set) return `new ${value.constructor.name}()`;
  if (typeof value === "bigint") return `${value}n`;
  if (Array.isArray(value)) return `[${value.map(show).join(", ")}]`;
  if (typeof value === "object" && value !== null) {
    const entries = Object.entries(value).map(([name, inner]) => `${name}: ${show(inner)}`);
    return entries.length === 0 ? "{}" : `{ ${entries.join(", ")} }`;
  }
  return value === undefined ? "undefined" : JSON.stringify(value);
}
