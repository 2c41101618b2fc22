import { hash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { codeHash } from "../context/zcache-version";

/** What a file without problems became. */
export interface KeptSource {
  /** Null if the file stays as it is. */
  readonly code: string | null;
  /** JSON, or null if no map was wanted. */
  readonly map: string | null;
}

/**
 * Rewritten files on disk, so that the next build doesn't parse what hasn't changed. Each source has one
 * file here, and the next version of the source takes its place: the folder doesn't grow with each edit.
 */
export class KeptSources {
  #canWrite = true;

  constructor(
    private readonly folder: string,
    private readonly zcache: string,
  ) {}

  /**
   * Returns those of the program, in `node_modules/.cache` of the nearest package above the directory, or null if
   * there is no such place, or the user wants none.
   */
  static ofProgram(directory: string): KeptSources | null {
    if (process.env["ZCACHE_BUILD_CACHE"] === "off") return null;
    const zcache = codeHash();
    const modules = zcache === null ? null : modulesAbove(directory);
    return zcache === null || modules === null ? null : new KeptSources(join(modules, ".cache/zcache/sources"), zcache);
  }

  /**
   * @param source whose file it is, and which of its forms is wanted
   * @param inputs all that the result depends on
   */
  find(source: string, inputs: readonly string[]): KeptSource | null {
    let kept: string;
    try {
      kept = readFileSync(this.#pathOf(source), "utf8");
    } catch {
      return null;
    }
    const [key, sum, length] = kept.slice(0, kept.indexOf("\n")).split(" ");
    const body = kept.slice(kept.indexOf("\n") + 1);
    // A machine that loses power may leave a part of a file.
    if (key !== this.#keyOf(inputs) || sum !== hashOf(body)) return null;
    const codeLength = Number(length);
    if (codeLength < 0) return { code: null, map: null };
    return { code: body.slice(0, codeLength), map: body.slice(codeLength) || null };
  }

  keep(source: string, inputs: readonly string[], { code, map }: KeptSource): void {
    if (!this.#canWrite) return;
    const body = (code ?? "") + (map ?? "");
    const path = this.#pathOf(source);
    // Several processes may write the same file, and one may read it meanwhile.
    const unfinished = `${path}.${process.pid}`;
    try {
      mkdirSync(this.folder, { recursive: true });
      writeFileSync(unfinished, `${this.#keyOf(inputs)} ${hashOf(body)} ${code === null ? -1 : code.length}\n${body}`);
      renameSync(unfinished, path);
    } catch {
      // A folder that can't be written, or a full disk: the build is as slow as its first.
      this.#canWrite = false;
      rmSync(unfinished, { force: true });
    }
  }

  #pathOf(source: string): string {
    return join(this.folder, hashOf(source));
  }

  #keyOf(inputs: readonly string[]): string {
    // The lengths say where one text ends and the next begins.
    return hashOf([inputs.map(({ length }) => length).join(), this.zcache, ...inputs].join("\n"));
  }
}

function hashOf(text: string): string {
  return hash("sha256", text).slice(0, 32);
}

function modulesAbove(directory: string): string | null {
  for (let folder = directory; ; folder = dirname(folder)) {
    const modules = join(folder, "node_modules");
    if (existsSync(join(folder, "package.json")) && existsSync(modules)) return modules;
    if (dirname(folder) === folder) return null;
  }
}
