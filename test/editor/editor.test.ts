import test from "ava";
import { createWorkspace } from "../modes/support/workspace";
import { TsServer } from "./tsserver";

const workspace = createWorkspace();
test.after.always(() => workspace.remove());

const source = `import { invalidateTag } from "zcache";

interface Org {
  id: string;
  name: string;
}

class UserService {
  constructor(private readonly tenant: string) {}

  // @zcache key: "user:{this.tenant}:{id}", ttl: 10m, tags: ["user:{id}", "org:{org.id}"]
  async profile(id: number, org: Org): Promise<string> {
    return org.name + id + this.tenant;
  }
}

// @zcache ttl: 10m, tags: ["user:{uid}"]
export async function load(id: number): Promise<number> {
  return id;
}

export const users = new UserService("a");
void users.profile(5, { id: "a", name: "b" });
void invalidateTag("user:5");
void invalidateTag("org:5");
`;

for (const compiler of ["typescript", "typescript-6.0", "typescript-5.5"]) {
  test(`${compiler}: try`, async (t) => {
    const project = workspace.create(compiler, { files: { "src/main.ts": source } });
    const server = new TsServer(project, compiler, [
      "--allowLocalPluginLoads",
      ...(process.env["LOG"] ? ["--logVerbosity", "verbose", "--logFile", `/tmp/tss-${compiler}.log`] : []),
    ]);
    t.teardown(() => server.stop());
    server.open("src/main.ts");
    t.log(await server.diagnostics("src/main.ts"));
    t.log(await server.completions("src/main.ts", "{org."));
    t.log(await server.hover("src/main.ts", "// @zca"));
    t.log(await server.hover("src/main.ts", "users.prof"));
    t.log(await server.definition("src/main.ts", "{org.i"));
    t.log(await server.definition("src/main.ts", "{this.te"));
    t.log(await server.fixes("src/main.ts", { code: 990101, at: "uid" }));
    t.pass();
  });
}
