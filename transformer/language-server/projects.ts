import { dirname } from "node:path";
import { LiveCompilers } from "../compilers/live/live-compilers";
import { ServerFailure } from "../compilers/native/server";
import { type OpenDocuments } from "./open-documents";
import { Project } from "./project";

/** The projects of the files that are open. Each is read when a file of it is asked for. */
export class Projects {
  readonly #byConfig = new Map<string, Project | null>();
  readonly #compilers: LiveCompilers;

  constructor(
    private readonly nearestConfig: (directory: string) => string | null,
    documents: OpenDocuments,
    private readonly report: (error: Error) => void,
  ) {
    this.#compilers = new LiveCompilers(documents);
  }

  /**
   * Returns the project that a file belongs to: of the nearest tsconfig, those that it references
   * and those further up, the first that lists the file, or else the first by the nearest tsconfig
   * whose program imports it.
   * @throws ServerFailure
   */
  of(fileName: string): Project | null {
    let nearest: readonly Project[] | null = null;
    for (let directory = dirname(fileName); ;) {
      const config = this.nearestConfig(directory);
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

  /** All projects are opened again, by a new server or another compiler. */
  serverFailed(failure: ServerFailure): void {
    this.#compilers.serverFailed(failure);
    this.#byConfig.clear();
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
      project = new Project(this.#compilers.open(config));
    } catch (error) {
      if (error instanceof ServerFailure) throw error;
      this.report(error as Error);
    }
    this.#byConfig.set(config, project);
    return project;
  }
}
