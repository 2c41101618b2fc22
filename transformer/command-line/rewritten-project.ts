import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join, relative, resolve, sep } from "node:path";
import { hasDirective } from "../context/concern";
import { type HostProblem } from "../hosts/host-problem";
import { isConcerned } from "../hosts/files";
import { parseJsonc } from "../hosts/parse-jsonc";
import { KeptFiles } from "../hosts/kept-files";
import { SourceCompiler } from "../hosts/source-compiler";
import { composeMappings } from "../text/compose-maps";
import { packages } from "../text/packages";
import { CommandError } from "./command";
import { majorVersion, runTsc, tscVersion } from "./run-tsc";
import { type ShownConfig, showConfig, type TscCall } from "./shown-config";

interface Source {
  readonly source: string;
  readonly text: string;
}

interface Rewritten {
  readonly source: string;
  readonly code: string;
  /** JSON, from the rewritten text to the source. */
  readonly map: string;
}

/** The output of tsc for a rewritten file. */
interface Compiled {
  /** The text without the comment that names the map. */
  readonly code: string;
  /** The map from the output to the source, or null if the project has no maps. */
  readonly mappings: string | null;
}

/**
 * The files of a project that zcache rewrites. The user's tsc compiles them a second time: each by
 * itself, in a folder of its own, without types. The output replaces what tsc made of the original
 * files.
 */
export class RewrittenProject {
  readonly #directory: string;
  /** It is outside of the project: node_modules may be read-only, or missing as in Yarn's PnP. */
  #shadow: string | null = null;
  #config: ShownConfig = { compilerOptions: {} };
  #concerned: Source[] = [];
  #rewritten: readonly Rewritten[] = [];
  readonly #compiled = new Map<string, Compiled>();
  readonly #kept: KeptFiles | null;

  constructor(
    readonly configFile: string,
    private readonly call: TscCall,
  ) {
    this.#directory = dirname(configFile);
    this.#kept = KeptFiles.above(this.#directory, "compiled");
  }

  /** Collects the project, after those that it references. */
  static collect(
    file: string,
    call: TscCall,
    seen: Map<string, RewrittenProject>,
    withReferences: boolean,
  ): void {
    if (seen.has(file)) return;
    if (!existsSync(file)) throw new CommandError(`There is no ${file}.`);
    const { references = [] } = parseJsonc(readFileSync(file, "utf8")) as {
      readonly references?: { path: string }[];
    };
    for (const { path } of withReferences ? references : []) {
      const target = resolve(dirname(file), path);
      this.collect(
        target.endsWith(".json") ? target : join(target, "tsconfig.json"),
        call,
        seen,
        true,
      );
    }
    seen.set(file, new RewrittenProject(file, call));
  }

  /** Reads the files that concern zcache. */
  async read(): Promise<void> {
    this.#config = await showConfig(this.call, this.configFile);
    this.#concerned = [];
    for (const file of this.#config.files ?? []) {
      const source = resolve(this.#directory, file);
      const text = readFileSync(source, "utf8");
      this.#refuseConstEnums(source, text);
      if (isConcerned(source, text)) this.#concerned.push({ source, text });
    }
  }

  get isAnnotated(): boolean {
    return this.#concerned.some(({ text }) => hasDirective(text));
  }

  /** Rewrites the files that were read. */
  rewrite(): readonly HostProblem[] {
    const compiler = new SourceCompiler(this.configFile);
    const problems: HostProblem[] = [];
    this.#compiled.clear();
    const rewritten: Rewritten[] = [];
    for (const { source, text } of this.#concerned) {
      const { code, map, problems: found } = compiler.compile(text, source);
      problems.push(...found);
      if (code === null || !map) continue;
      rewritten.push({ source, code, map });
    }
    this.#rewritten = rewritten;
    return problems;
  }

  get rewrittenCount(): number {
    return this.#rewritten.length;
  }

  /** Compiles the files whose output isn't kept from the last build. */
  async compile(): Promise<void> {
    if (!this.#emits) return;
    const missing = this.#rewritten.filter((one) => !this.#findCompiled(one));
    if (missing.length === 0) return;
    this.#shadow ??= mkdtempSync(join(tmpdir(), "zcache-build-"));
    for (const { source, code } of missing) this.#write(this.#shadow, source, code);
    await this.#compileShadow(this.#shadow, missing);
    for (const one of missing) this.#readCompiled(this.#shadow, one);
  }

  /**
   * Puts the compiled files in place, after tsc has written its own output of the same files there.
   */
  finish(compiled: number): void {
    const missing = this.#emits ? this.#rewritten.filter((one) => !this.#replace(one)) : [];
    if (this.#shadow !== null) rmSync(this.#shadow, { recursive: true, force: true });
    this.#shadow = null;
    const [first] = missing;
    // If there are errors, tsc may have written nothing.
    if (first && compiled === 0)
      throw new CommandError(
        `${relative(this.#directory, first.source)} was compiled, but not to where zcache looks for it. Write "rootDir" and "outDir" in ${basename(this.configFile)}.`,
      );
  }

  get #emits(): boolean {
    const { noEmit, emitDeclarationOnly } = this.#config.compilerOptions;
    return noEmit !== true && emitDeclarationOnly !== true;
  }

  /**
   * Refuses const enums of another file, because only a compilation of all files knows their
   * values.
   */
  #refuseConstEnums(file: string, text: string): void {
    const { isolatedModules, verbatimModuleSyntax, preserveConstEnums } =
      this.#config.compilerOptions;
    if (isolatedModules === true || verbatimModuleSyntax === true || preserveConstEnums === true)
      return;
    if (/^\s*(?:export\s+|declare\s+)*const\s+enum\b/m.test(text))
      throw new CommandError(
        `${relative(this.#directory, file)} has a const enum, whose values a file that is compiled by itself doesn't know. Set "isolatedModules" or "preserveConstEnums" in ${basename(this.configFile)}.`,
      );
  }

  get #root(): string {
    const { rootDir, composite } = this.#config.compilerOptions;
    if (typeof rootDir === "string") return resolve(this.#directory, rootDir);
    return composite === true || majorVersion(this.call.tsc) >= 6
      ? this.#directory
      : this.#commonFolder();
  }

  /** Returns the folder that TypeScript 5 takes for the root if none is given. */
  #commonFolder(): string {
    const folders = (this.#config.files ?? [])
      .filter((file) => !/\.d\.[cm]?ts$/.test(file))
      .map((file) => dirname(resolve(this.#directory, file)));
    const isAbove = (folder: string): boolean =>
      folders.every((other) => other === folder || other.startsWith(folder + sep));
    let common = folders[0] ?? this.#directory;
    while (!isAbove(common) && dirname(common) !== common) common = dirname(common);
    return common;
  }

  #findCompiled(rewritten: Rewritten): boolean {
    const text = this.#kept?.find(rewritten.source, this.#madeOf(rewritten)) ?? null;
    if (text !== null) this.#compiled.set(rewritten.source, JSON.parse(text) as Compiled);
    return text !== null;
  }

  #readCompiled(shadow: string, rewritten: Rewritten): void {
    const made = join(shadow, "out", this.#outputOf(rewritten.source));
    if (!existsSync(made)) return;
    const map = `${made}.map`;
    const code = readFileSync(made, "utf8").replace(/\n\/\/# sourceMappingURL=.*\s*$/, "\n");
    const mappings = existsSync(map)
      ? composeMappings(readMappings(map), JSON.parse(rewritten.map) as Mapped)
      : null;
    this.#compiled.set(rewritten.source, { code, mappings });
    this.#kept?.keep(
      rewritten.source,
      this.#madeOf(rewritten),
      JSON.stringify({ code, mappings } satisfies Compiled),
    );
  }

  #madeOf({ source, code, map }: Rewritten): readonly string[] {
    const { type } = this.#packageOf(source);
    return [
      JSON.stringify([
        this.#config.compilerOptions,
        this.call.tsc,
        tscVersion(this.call.tsc),
        type,
      ]),
      code,
      map,
    ];
  }

  /** Returns the path of what is compiled from a source, in the folder of the output. */
  #outputOf(source: string): string {
    const { jsx } = this.#config.compilerOptions;
    const keepsJsx = jsx === "preserve" || jsx === "react-native";
    return relative(this.#root, source).replace(/\.([cm]?)tsx?$/, (extension, kind: string) =>
      extension.endsWith("x") && keepsJsx ? ".jsx" : `.${kind}js`,
    );
  }

  /** Returns the package of a source, which decides which kind of module it is. */
  #packageOf(source: string): {
    readonly directory: string | null;
    readonly type: string | undefined;
  } {
    for (let directory = dirname(source); ; directory = dirname(directory)) {
      const text = packages.readFile(join(directory, "package.json"));
      if (text !== undefined)
        return { directory, ...(JSON.parse(text) as { readonly type: string | undefined }) };
      if (dirname(directory) === directory) return { directory: null, type: undefined };
    }
  }

  #write(shadow: string, source: string, code: string): void {
    const path = join(shadow, relative(this.#root, source));
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, code);
    const { directory, type } = this.#packageOf(source);
    if (directory === null) return;
    const isInside = directory.startsWith(this.#root + sep);
    const target = isInside ? join(shadow, relative(this.#root, directory)) : shadow;
    mkdirSync(target, { recursive: true });
    writeFileSync(join(target, "package.json"), JSON.stringify({ type }));
  }

  async #compileShadow(shadow: string, rewritten: readonly Rewritten[]): Promise<void> {
    const { sourceMap, inlineSourceMap } = this.#config.compilerOptions;
    const config = {
      compilerOptions: {
        ...this.#config.compilerOptions,
        // These name other files, or say what tsc prints.
        ...{
          baseUrl: undefined,
          paths: undefined,
          rootDirs: undefined,
          typeRoots: undefined,
          declarationDir: undefined,
          tsBuildInfoFile: undefined,
          outFile: undefined,
          diagnostics: undefined,
          extendedDiagnostics: undefined,
          listFiles: undefined,
          listEmittedFiles: undefined,
          generateTrace: undefined,
          generateCpuProfile: undefined,
        },
        // As in `ts.transpileModule`, neither other files nor types are looked at.
        ...{
          noCheck: true,
          noResolve: true,
          noLib: true,
          isolatedModules: true,
          types: [],
          plugins: [],
        },
        ...{
          declaration: false,
          declarationMap: false,
          composite: false,
          incremental: false,
          noEmitOnError: false,
        },
        ...{
          sourceMap: sourceMap === true || inlineSourceMap === true,
          inlineSourceMap: false,
          inlineSources: false,
        },
        ...{
          rootDir: ".",
          outDir: "./out",
          noEmit: false,
          emitDeclarationOnly: false,
          allowImportingTsExtensions: false,
        },
        rewriteRelativeImportExtensions:
          this.#config.compilerOptions["rewriteRelativeImportExtensions"] === true,
      },
      files: rewritten.map(({ source }) => relative(this.#root, source)),
      include: [],
      references: [],
    };
    writeFileSync(join(shadow, "tsconfig.json"), JSON.stringify(config));
    // The compiler reports errors about the library that it has to leave out. Only the files that
    // it makes matter.
    await runTsc(this.call.tsc, ["-p", join(shadow, "tsconfig.json")], shadow);
  }

  /** Returns false if tsc has written nothing there. */
  #replace({ source }: Rewritten): boolean {
    const { outDir } = this.#config.compilerOptions;
    const folder = typeof outDir === "string" ? resolve(this.#directory, outDir) : this.#root;
    const target = join(folder, this.#outputOf(source));
    const compiled = this.#compiled.get(source);
    if (!compiled || !existsSync(target)) return false;
    const { code, mappings } = compiled;
    const before = readFileSync(target, "utf8");
    const comment = /\n(\/\/# sourceMappingURL=.*)\s*$/.exec(before)?.[1];
    if (mappings === null || comment === undefined) {
      writeFileSync(target, code.replace(/\n$/, before.endsWith("\n") ? "\n" : ""));
      return true;
    }
    const inline = /base64,(.*)$/.exec(comment)?.[1];
    const old = JSON.parse(
      inline === undefined
        ? readFileSync(`${target}.map`, "utf8")
        : Buffer.from(inline, "base64").toString(),
    ) as object;
    const composed = JSON.stringify({ ...old, names: [], mappings });
    const last =
      inline === undefined
        ? comment
        : comment.replace(inline, Buffer.from(composed).toString("base64"));
    writeFileSync(target, code + last);
    if (inline === undefined) writeFileSync(`${target}.map`, composed);
    return true;
  }
}

interface Mapped {
  readonly mappings: string;
}

function readMappings(file: string): Mapped {
  return JSON.parse(readFileSync(file, "utf8")) as Mapped;
}
