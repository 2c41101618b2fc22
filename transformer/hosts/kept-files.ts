import { hash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { threadId } from "node:worker_threads";
import { codeHash } from "../context/zcache-version";
import { markUsed, pruneFolder } from "./prune-folder";

/**
 * Texts on disk that save the next build some work. Each has a name, and a key that identifies what
 * it was made of. The next text of that name replaces it, so that the folder doesn't grow with each
 * edit; names that no build asks for any more are removed by `pruneFolder`.
 */
export class KeptFiles {
  #canWrite = true;
  #isPrepared = false;
  /** Whether there is a folder to look in. A first build asks for hundreds of texts in vain. */
  #exists: boolean;

  /** @param zcache identifies the code that has made the texts */
  constructor(
    private readonly folder: string,
    private readonly zcache: string,
  ) {
    this.#exists = existsSync(folder);
  }

  /**
   * Returns the texts in `node_modules/.cache` of the nearest package above the directory, or null
   * if there is no such place or the user has turned it off.
   */
  static above(directory: string, kind: string): KeptFiles | null {
    if (process.env["ZCACHE_BUILD_CACHE"] === "off") return null;
    const zcache = codeHash();
    const modules = zcache === null ? null : modulesAbove(directory);
    return zcache === null || modules === null
      ? null
      : new KeptFiles(join(modules, ".cache/zcache", kind), zcache);
  }

  /** Returns null if there is no text, or it was made of something else. */
  find(name: string, madeOf: readonly string[]): string | null {
    if (!this.#exists) return null;
    const path = this.#pathOf(name);
    let kept: string;
    try {
      kept = readFileSync(path, "utf8");
    } catch {
      return null;
    }
    const end = kept.indexOf("\n");
    const [key, sum] = kept.slice(0, end).split(" ");
    const text = kept.slice(end + 1);
    // A machine that loses power may leave a truncated file.
    if (key !== this.#keyOf(madeOf) || sum !== hashOf(text)) return null;
    markUsed(path);
    return text;
  }

  keep(name: string, madeOf: readonly string[], text: string): void {
    if (!this.#canWrite) return;
    const path = this.#pathOf(name);
    // Several processes and threads may write the same file, and one may read it meanwhile.
    const unfinished = `${path}.${process.pid}-${threadId}`;
    try {
      this.#prepare();
      writeFileSync(unfinished, `${this.#keyOf(madeOf)} ${hashOf(text)}\n${text}`);
      renameSync(unfinished, path);
    } catch {
      // The folder can't be written, or the disk is full. The next build is then as slow as this
      // one. A folder that was removed in the meantime is made again for the next text.
      this.#canWrite = this.#isPrepared && !existsSync(this.folder);
      this.#isPrepared = false;
      removeIfPossible(unfinished);
    }
  }

  #prepare(): void {
    if (this.#isPrepared) return;
    mkdirSync(this.folder, { recursive: true });
    pruneFolder(this.folder);
    this.#isPrepared = true;
    this.#exists = true;
  }

  #pathOf(name: string): string {
    return join(this.folder, hashOf(name));
  }

  #keyOf(madeOf: readonly string[]): string {
    // The lengths show where one text ends and the next begins.
    return hashOf([madeOf.map(({ length }) => length).join(), this.zcache, ...madeOf].join("\n"));
  }
}

/** A disk that refuses to write may refuse to remove as well. */
function removeIfPossible(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // The file is removed when the folder is pruned.
  }
}

export function hashOf(content: string | Buffer): string {
  return hash("sha256", content).slice(0, 32);
}

function modulesAbove(directory: string): string | null {
  for (let folder = directory; ; folder = dirname(folder)) {
    const modules = join(folder, "node_modules");
    if (existsSync(join(folder, "package.json")) && existsSync(modules)) return modules;
    if (dirname(folder) === folder) return null;
  }
}
