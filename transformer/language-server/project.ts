import { isPluginEntry, resolvePluginOptions } from "../context/plugin-options";
import { type LiveProject } from "../compilers/live/live-project";
import { type EditorFile, EditorProject } from "../editor/project";

/** A project whose files are open, with the options of its plugin entry. */
export class Project {
  /** What is wrong with its plugin entry. */
  entryProblem: string | null = null;
  #plugins = "";
  #files = new Set<string>();
  #editor: EditorProject | null = null;

  constructor(readonly live: LiveProject) {
    this.#readContents();
  }

  /** The tsconfigs that it references. */
  get references(): readonly string[] {
    return this.live.contents.references;
  }

  /** The tsconfig names the file, or a pattern of it does. */
  lists(fileName: string): boolean {
    return this.#files.has(fileName);
  }

  /** Returns null if the program has no such file, or nothing can be known of it. */
  file(fileName: string): EditorFile | null {
    return this.#editor?.file(fileName) ?? null;
  }

  diskChanged(): void {
    this.live.diskChanged();
    this.#readContents();
  }

  #readContents(): void {
    const { fileNames, options } = this.live.contents;
    this.#files = new Set(fileNames);
    const plugins = JSON.stringify(options["plugins"] ?? []);
    // What is known of unchanged files is kept while the options stay the same.
    if (plugins === this.#plugins) return;
    this.#plugins = plugins;
    const entry = (JSON.parse(plugins) as Record<string, unknown>[]).find(isPluginEntry) ?? {};
    try {
      this.#editor = new EditorProject(this.live, resolvePluginOptions(entry));
      this.entryProblem = null;
    } catch (error) {
      this.#editor = null;
      this.entryProblem = (error as Error).message;
    }
  }
}
