import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { type Outcome, run } from "./run";
import { Watch } from "./watch";

export interface ProjectOptions {
  readonly files: Readonly<Record<string, string>>;
  /** These compiler options override those that every project has. */
  readonly options?: Readonly<Record<string, unknown>>;
  readonly packageJson?: Readonly<Record<string, unknown>>;
}

const plugin = { name: "zcache", transform: "zcache/transformer", transformProgram: true };

/** `types: []`: to read those of Node takes longer than all the rest, and few tests need them. */
const commonOptions = {
  ...{
    rootDir: "src",
    outDir: "out",
    target: "es2022",
    module: "nodenext",
    lib: ["es2022"],
    types: [],
  },
  ...{ strict: true, skipLibCheck: true, plugins: [plugin] },
};

/** A package named "shop" with sources under src/, and the real compilers run on it. */
export class Project {
  constructor(
    readonly directory: string,
    private readonly modules: string,
    { files, options, packageJson }: ProjectOptions,
  ) {
    this.write("package.json", JSON.stringify({ name: "shop", type: "commonjs", ...packageJson }));
    this.writeConfig("tsconfig.json", {
      compilerOptions: { ...commonOptions, ...options },
      include: ["src"],
    });
    for (const [path, text] of Object.entries(files)) this.write(path, text);
  }

  write(path: string, text: string): void {
    const file = join(this.directory, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }

  writeConfig(path: string, config: unknown): void {
    this.write(path, JSON.stringify(config));
  }

  read(path: string): string {
    return readFileSync(join(this.directory, path), "utf8");
  }

  edit(path: string, from: string, to: string): void {
    const text = this.read(path);
    if (!text.includes(from)) throw new Error(`${path} has no ${from}.`);
    this.write(path, text.replace(from, to));
  }

  /** Returns the files under a folder by path, or none where there is no such folder. */
  files(folder: string): Record<string, string> {
    const root = join(this.directory, folder);
    if (!existsSync(root)) return {};
    const entries = readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) =>
      entry.isFile(),
    );
    const paths = entries.map((entry) => join(entry.parentPath, entry.name)).sort();
    return Object.fromEntries(
      paths.map((path) => [path.slice(root.length + 1), readFileSync(path, "utf8")]),
    );
  }

  tspc(args: readonly string[] = [], cwd = this.directory): Promise<Outcome> {
    return run([join(this.modules, "ts-patch/bin/tspc.js"), ...args], cwd);
  }

  /** The compiler itself, which runs no plugins. */
  tsc(args: readonly string[] = []): Promise<Outcome> {
    return run([join(this.modules, "typescript/bin/tsc"), ...args], this.directory);
  }

  node(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Outcome> {
    return run(args, this.directory, env);
  }

  /** `tspc -w`; the caller ends it. */
  watch(args: readonly string[] = []): Watch {
    return new Watch(
      [join(this.modules, "ts-patch/bin/tspc.js"), "--watch", ...args],
      this.directory,
    );
  }
}
