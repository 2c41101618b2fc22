/** The functions that finding a file's package needs. `ts.sys` provides it. */
export interface PackageHost {
  readFile(path: string): string | undefined;
  /** Makes the path absolute. */
  resolvePath(path: string): string;
}

interface Package {
  readonly directory: string;
  readonly name: string;
}

/** The first part of default keys. */
export interface ModuleName {
  /** `shop.services.user` */
  readonly text: string;
  /**
   * The text begins with a name of the program's own. Without one, other programs may have the same
   * modules.
   */
  readonly isOwn: boolean;
}

/**
 * Names modules: `shop.services.user` for src/services/user.ts of the package "shop". The name is
 * the same wherever the checkout is, whichever directory the build runs in, and whichever tool
 * compiles it.
 */
export class ModuleNames {
  readonly #packages = new Map<string, Package | null>();

  constructor(
    private readonly host: PackageHost,
    /**
     * The folder that contains the sources, relative to package.json. Its name is left out of
     * module names.
     */
    private readonly root: string,
    /**
     * The plugin entry's namespace. It takes the place of the package's name where there is none.
     */
    private readonly namespace: string | null,
  ) {}

  nameOf(fileName: string): ModuleName {
    const path = this.host.resolvePath(fileName).replaceAll("\\", "/");
    const found = this.#packageOf(path.slice(0, path.lastIndexOf("/")));
    const inPackage = found
      ? path.slice(found.directory.length + 1)
      : path.slice(path.lastIndexOf("/") + 1);
    const root = `${this.root.replaceAll(/^\.\/|\/$/g, "")}/`;
    const inRoot = inPackage.startsWith(root) ? inPackage.slice(root.length) : inPackage;
    const parts = inRoot.replace(/\.[cm]?[jt]sx?$/, "").split("/");
    const own = found?.name
      ? packageText(found.name)
      : this.namespace === null
        ? null
        : escaped(this.namespace);
    return { text: [...(own === null ? [] : [own]), ...parts].join("."), isOwn: own !== null };
  }

  /** Finds the nearest package that has a name, or else the nearest package.json. */
  #packageOf(directory: string): Package | null {
    const known = this.#packages.get(directory);
    if (known !== undefined) return known;
    const own = this.#read(directory);
    const parent = directory.slice(0, Math.max(0, directory.lastIndexOf("/")));
    const outer = own?.name || parent === directory ? null : this.#packageOf(parent);
    const found = own?.name ? own : outer?.name ? outer : (own ?? outer);
    this.#packages.set(directory, found);
    return found;
  }

  #read(directory: string): Package | null {
    const text = this.host.readFile(`${directory}/package.json`);
    if (text === undefined) return null;
    try {
      const { name } = JSON.parse(text) as { name?: unknown };
      return { directory, name: typeof name === "string" ? name : "" };
    } catch {
      // The package manager and the compiler report a broken file better than zcache could.
      return null;
    }
  }
}

/**
 * Writes a package's name for a key: `@acme.shop` for "@acme/shop". No two packages get the same
 * text, and no text is that of another package followed by the start of a path.
 */
function packageText(name: string): string {
  const [, scope, unscoped] = /^@([^/]+)\/([^/]+)$/.exec(name) ?? [];
  return scope && unscoped ? `@${escaped(scope)}.${escaped(unscoped)}` : escaped(name);
}

/** Escapes the characters that have a meaning in keys, and the "%" that escaping uses. */
function escaped(name: string): string {
  return name.replaceAll(
    /[.%/@|:]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
