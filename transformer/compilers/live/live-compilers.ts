import { dirname } from "node:path";
import { loadCompilerAfter } from "../open-compiler";
import { loadApi } from "../native/api";
import { type ServerFailure } from "../native/server";
import { JavaScriptLiveProject } from "./javascript-live-project";
import { type EditedFiles, type LiveProject } from "./live-project";
import { NativeLiveProjects } from "./native-live-projects";

/** How often the server of TypeScript 7 may fail before TypeScript 6 is asked instead. */
const allowedFailures = 2;

/** Opens each project with the compiler that is installed for its folder. */
export class LiveCompilers {
  /** One for each TypeScript 7 that is installed, by the path of its package.json. */
  readonly #servers = new Map<string, NativeLiveProjects>();
  readonly #failures: ServerFailure[] = [];

  constructor(private readonly edited: EditedFiles) {}

  /** @throws CompilerError if it can't be read or no compiler can, ServerFailure */
  open(configFile: string): LiveProject {
    const directory = dirname(configFile);
    const failure = this.#failures[allowedFailures] ?? null;
    const api = failure ? null : loadApi(directory);
    if (!api) {
      const compiler = loadCompilerAfter(failure, directory);
      return new JavaScriptLiveProject(compiler, configFile, this.edited);
    }
    let server = this.#servers.get(api.manifest);
    if (!server) {
      server = new NativeLiveProjects(api, directory, this.edited);
      this.#servers.set(api.manifest, server);
    }
    return server.open(configFile);
  }

  /** Ends the servers. The projects that they have opened have to be opened again. */
  serverFailed(failure: ServerFailure): void {
    this.#failures.push(failure);
    for (const server of this.#servers.values()) server.close();
    this.#servers.clear();
  }
}
