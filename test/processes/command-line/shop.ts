import { symlinkSync } from "node:fs";
import { join, resolve } from "node:path";
import { type Outcome, run } from "../../support/projects/run";
import { type Project, type ProjectOptions } from "../../support/projects/project";
import { createWorkspace } from "../../support/projects/workspace";

/** It is a user's project, and the real bin runs in it. */
export interface Shop {
  readonly project: Project;
  /** Runs in the project's folder, or in one below it. */
  zcache(
    args: readonly string[],
    environment?: NodeJS.ProcessEnv,
    folder?: string,
  ): Promise<Outcome>;
}

const workspace = createWorkspace();
const bin = join(workspace.directory, "node_modules/zcache/dist/transformer/command-line/main.js");
symlinkSync(
  resolve(__dirname, "../../../node_modules/ioredis"),
  join(workspace.directory, "node_modules/ioredis"),
  "junction",
);
process.on("exit", workspace.remove);

let count = 0;

/** Creates a new one each time, with this as src/user.ts. */
export function createShop(user: string = userSource, options: Partial<ProjectOptions> = {}): Shop {
  const files = { "src/user.ts": user, ...options.files };
  const project = workspace.create(`shop${++count}`, { ...options, files });
  return {
    project,
    zcache: (args, environment = {}, folder = "") =>
      run([bin, ...args], join(project.directory, folder), {
        REDIS_URL: undefined,
        ...environment,
      }),
  };
}

export const userSource = `import { invalidateTag } from "zcache";

export interface Profile {
  id: number;
  name: string;
}

export class UserService {
  // @zcache ttl: 10m, tags: ["user:{id}", "lang:{lang}"]
  async get(id: number, lang = "en"): Promise<Profile | null> {
    return { id, name: lang };
  }

  // @zcache key: "names:{ids.length}:{ids}", codec: structured, namespace: v1
  async names(ids: string[]): Promise<Map<string, number>> {
    return new Map(ids.map((id, i) => [id, i]));
  }
}

// @zcache batch, ttl: 1h, tags: ["user:{id}"]
export async function profiles(...ids: number[]): Promise<(Profile | null)[]> {
  return ids.map(() => null);
}

export async function rename(id: number, lang: string): Promise<void> {
  await invalidateTag(\`user:\${id}\`);
  await invalidateTag(\`lang:\${lang}\`);
}
`;
