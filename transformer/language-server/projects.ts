import { dirname } from "node:path";
import type ts from "typescript";
import { type OpenDocuments } from "./open-documents";
import { Project } from "./project";

/** How the server finds what it needs in a folder. */
export interface ProjectFinder {
  /** @throws if there is none that could be asked for types */
  readonly loadCompiler: (directory: string) => typeof ts;
  readonly nearestConfig: (directory: string) => string | null;
}

/** The projects of the files that are open. Each is read when a file of it is asked for. */
export class Projects {
  readonly #byConfig = new Map<string, Project | null>();

  constructor(
    private readonly finder: ProjectFinder,
    private readonly documents: OpenDocuments,
    private readonly report: (error: Error) => void,
  ) {}

  /**
   * Returns the project that a file belongs to: of the nearest tsconfig, those that it references
   * and those further up, the first that lists the file, or else the first by the nearest tsconfig
   * whose program imports it.
   */
  of(fileName: string): Project | null {
    let nearest: readonly Project[] | null = null;
    for (let directory = dirname(fileName); ;) {
      const config = this.finder.nearestConfig(directory);
      if (config === null) break;
      const projects = this.#withReferences(config);
      const listing = projects.find((project) => project.lists(fileName));
      if (listing) return listing;
      nearest ??= projects;
      const above = dirname(dirname(config));
      if (above === dirname(config)) break;
      directory = above;
    }
    return nearest?.find((project) => project.file(fileName) !== null) ?? null;
  }

  diskChanged(): void {
    for (const [config, project] of this.#byConfig) {
      if (project) project.diskChanged();
      // It may be readable now.
      else this.#byConfig.delete(config);
    }
  }

  #withReferences(config: string, seen = new Set<string>()): Project[] {
    if (seen.has(config)) return [];
    seen.add(config);
    const project = this.#read(config);
    if (!project) return [];
    return [
      project,
      ...project.references.flatMap((reference) => this.#withReferences(reference, seen)),
    ];
  }

  #read(config: string): Project | null {
    const known = this.#byConfig.get(config);
    if (known !== undefined) return known;
    let project: Project | null = null;
    try {
      project = new Project(this.finder.loadCompiler(dirname(config)), config, this.documents);
    } catch (error) {
      this.report(error as Error);
    }
    this.#byConfig.set(config, project);
    return project;
  }
}
