import { codeHash, zcacheVersion } from "../context/zcache-version";
import { createHash } from "node:crypto";
import { checkHostOptions } from "./host-options";
import { describeProblems } from "./host-problem";
import { leadToSource, withInlineMap } from "./inline-map";
import { SourceCompiler } from "./source-compiler";

/** The parts in use of a jest transformer. */
interface Transformer {
  readonly canInstrument?: boolean;
  process?(text: string, path: string, options: unknown): unknown;
  processAsync?(text: string, path: string, options: unknown): Promise<unknown>;
  getCacheKey?(text: string, path: string, options: unknown): string;
  getCacheKeyAsync?(text: string, path: string, options: unknown): Promise<string>;
}

interface Config {
  /**
   * The transformer that compiles zcache's output: a module's name, or the name and its options.
   */
  readonly transformer?: string | readonly [string, unknown];
  readonly tsconfig?: string;
}

interface TransformOptions {
  readonly config?: { readonly rootDir?: string };
  readonly transformerConfig?: unknown;
}

/**
 * Puts zcache in front of another jest transformer:
 * `"transform": { "\\.tsx?$": ["zcache/jest", { "transformer": "@swc/jest" }] }`
 */
export function createTransformer(
  config: Config = {},
): Required<Pick<Transformer, "process" | "getCacheKey">> & Transformer {
  checkHostOptions(config, ["transformer", "tsconfig"]);
  const { transformer } = config;
  if (transformer !== undefined && typeof [transformer].flat()[0] !== "string")
    throw new TypeError(
      `zcache/jest: "transformer" must be a module's name, or a list of the name and its options, but got: ${JSON.stringify(transformer)}.`,
    );
  const [name, options] = [transformer ?? findTransformer()].flat() as [string, unknown];
  const compiler = new SourceCompiler(config.tsconfig);
  const next = loadTransformer(name, options);
  const version = codeHash() ?? zcacheVersion();
  const rewrite = (text: string, path: string): Rewritten | null => {
    const { code, map, problems } = compiler.compile(text, path);
    if (problems.length > 0) {
      const error = new SyntaxError(describeProblems(problems));
      error.stack = error.message;
      throw error;
    }
    return code === null || map === null ? null : { code, map };
  };
  // jest passes the entry's options, which are zcache's; the next transformer has to get its own.
  const forNext = (given: unknown): unknown => ({
    ...(given as TransformOptions),
    transformerConfig: options ?? {},
  });
  const keyOf = (text: string, path: string, key: string): string => {
    return createHash("sha256")
      .update([version, ...compiler.inputsOf(text, path), key].join("\0"))
      .digest("hex")
      .slice(0, 32);
  };
  return {
    ...(next.canInstrument !== undefined && { canInstrument: next.canInstrument }),
    process(text, path, given) {
      if (!next.process) throw new Error(`zcache/jest: ${name} compiles only asynchronously.`);
      const rewritten = rewrite(text, path);
      return leading(next.process(textOf(rewritten, text), path, forNext(given)), rewritten);
    },
    ...(next.processAsync && {
      processAsync: async (text: string, path: string, given: unknown) => {
        const process = next.processAsync as NonNullable<Transformer["processAsync"]>;
        const rewritten = rewrite(text, path);
        return leading(
          await process.call(next, textOf(rewritten, text), path, forNext(given)),
          rewritten,
        );
      },
    }),
    getCacheKey: (text, path, given) =>
      keyOf(text, path, next.getCacheKey?.(text, path, forNext(given)) ?? ""),
    ...(next.getCacheKeyAsync && {
      getCacheKeyAsync: async (text: string, path: string, given: unknown) => {
        const ask = next.getCacheKeyAsync as NonNullable<Transformer["getCacheKeyAsync"]>;
        return keyOf(text, path, await ask.call(next, text, path, forNext(given)));
      },
    }),
  };
}

interface Rewritten {
  readonly code: string;
  readonly map: string;
}

function textOf(rewritten: Rewritten | null, text: string): string {
  return rewritten ? withInlineMap(rewritten.code, rewritten.map) : text;
}

/** Returns what the next transformer has made, with a map that leads to what the user wrote. */
function leading(made: unknown, rewritten: Rewritten | null): unknown {
  const { code } = made as { readonly code?: unknown };
  if (!rewritten || typeof code !== "string") return made;
  return { ...(made as object), code: leadToSource(code, rewritten) };
}

/** Finds an installed transformer if the entry names none. */
function findTransformer(): string {
  for (const name of ["ts-jest", "@swc/jest", "babel-jest"]) {
    try {
      require.resolve(name, { paths: [process.cwd()] });
      return name;
    } catch {
      // The next one is tried.
    }
  }
  throw new Error(
    'zcache/jest: name the transformer that compiles TypeScript: ["zcache/jest", { "transformer": "@swc/jest" }].',
  );
}

function loadTransformer(name: string, options: unknown): Transformer {
  const loaded = require(require.resolve(name, { paths: [process.cwd()] })) as Transformer & {
    readonly default?: Transformer & { createTransformer?: (options: unknown) => Transformer };
    readonly createTransformer?: (options: unknown) => Transformer;
  };
  const create = loaded.createTransformer ?? loaded.default?.createTransformer;
  if (create) return create.call(loaded.default ?? loaded, options);
  return loaded.process || loaded.processAsync ? loaded : (loaded.default ?? loaded);
}

// jest takes the default export if there is one or if a module says that it is an ES module.
export default { createTransformer };
