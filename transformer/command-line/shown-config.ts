import { dirname, join, resolve } from "node:path";
import { stateOf } from "../hosts/disk-state";
import { KeptAnswers } from "../hosts/kept-answers";
import { readTsconfig } from "../hosts/tsconfig";
import { runTsc } from "./run-tsc";

/** The output of `tsc --showConfig`: the config combined with everything that it extends. */
export interface ShownConfig {
  readonly compilerOptions: Readonly<Record<string, unknown>>;
  readonly files?: readonly string[];
  readonly include?: readonly string[];
}

/** How the user calls tsc for a project. */
export interface TscCall {
  readonly tsc: string;
  /** The folder that paths in the options are relative to. */
  readonly directory: string;
  /** The options on the command line, which override those of the config. */
  readonly options: readonly string[];
}

/** Asks the compiler, which takes a process, unless nothing has changed since it was last asked. */
export async function showConfig(
  { tsc, directory: calledIn, options }: TscCall,
  configFile: string,
): Promise<ShownConfig> {
  const directory = dirname(configFile);
  const kept = KeptAnswers.above<ShownConfig>(directory, "configs");
  const question = JSON.stringify([
    tsc,
    configFile,
    ...(options.length > 0 ? [calledIn] : []),
    ...options,
  ]);
  const known = kept?.find(question);
  if (known) return known;
  const begunAt = Date.now();
  const args = ["--showConfig", "-p", configFile, ...options];
  const { code, output } = await runTsc(tsc, args, calledIn);
  // tsc itself reports what is wrong with the config.
  if (code !== 0) return { compilerOptions: {} };
  const shown = JSON.parse(output) as ShownConfig;
  const { allowJs, checkJs, outDir, declarationDir } = shown.compilerOptions;
  const inputs = {
    read: [...readTsconfig(configFile).dependencies, join(dirname(tsc), "../package.json")],
    absent: [],
    listed: [],
    trees: treesOf(shown).map((folder) => resolve(directory, folder)),
    outputs: [outDir, declarationDir].flatMap((one) =>
      typeof one === "string" ? resolve(directory, one) : [],
    ),
    allowsJs: (allowJs ?? checkJs) === true,
  };
  kept?.keep(question, shown, stateOf(inputs, begunAt));
  return shown;
}

/**
 * The folders where a new file may belong to the project. A config without patterns may include
 * everything below it.
 */
function treesOf({ include = ["."] }: ShownConfig): readonly string[] {
  return include.map((pattern) =>
    /[*?]|\.\w+$/.test(pattern) ? pattern.replace(/[^/]*[*?].*$|[^/]*$/, "") : pattern,
  );
}
