import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { Project, type ProjectOptions } from "./project";

/**
 * A folder outside the repository with a node_modules as a user's, in which projects come to be.
 */
export interface Workspace {
  readonly directory: string;
  create(name: string, options: ProjectOptions): Project;
  remove(): void;
}

const repository = resolve(__dirname, "../../..");
/** What zcache needs, and what its users have besides: no ioredis. */
const packages = ["js-yaml", "ms", "typescript", "ts-patch", "ts-node", "tslib", "@types/node"];

/**
 * zcache is a copy, so that nothing it imports is found in the repository's node_modules by chance.
 */
export function createWorkspace(): Workspace {
  const build = join(repository, "dist");
  if (!existsSync(join(build, "runtime/index.mjs")))
    throw new Error("dist is missing: npm run build.");
  const directory = mkdtempSync(join(tmpdir(), "zcache-modes-"));
  const remove = (): void => rmSync(directory, { recursive: true, force: true });
  process.once("exit", remove);
  const modules = join(directory, "node_modules");
  for (const name of packages) {
    mkdirSync(dirname(join(modules, name)), { recursive: true });
    symlinkSync(join(repository, "node_modules", name), join(modules, name), "junction");
  }
  cpSync(build, join(modules, "zcache/dist"), { recursive: true });
  cpSync(join(repository, "package.json"), join(modules, "zcache/package.json"));
  return {
    directory,
    create: (name, options) => new Project(join(directory, name), modules, options),
    remove,
  };
}
