import { cpSync, mkdirSync, symlinkSync } from "node:fs";
import { join, resolve } from "node:path";
import test, { type ExecutionContext } from "ava";
import { type Project, type ProjectOptions } from "../../support/projects/project";
import { installBrokenTypescript7, installTypescript7 } from "../../support/projects/typescript-7";
import { createWorkspace } from "../../support/projects/workspace";
import { LanguageClient, type Range } from "./language-client";

const workspace = createWorkspace();
const bin = join(workspace.directory, "node_modules/zcache/dist/transformer/command-line/main.js");
test.after.always(() => workspace.remove());

let count = 0;

function open(
  t: ExecutionContext,
  files: Record<string, string>,
  options: Partial<ProjectOptions> = {},
): Editor {
  const project = workspace.create(`editor${++count}`, { ...options, files });
  const client = new LanguageClient(project, bin);
  t.teardown(() => client.kill());
  return { project, client };
}

interface Editor {
  readonly project: Project;
  readonly client: LanguageClient;
}

const main = "src/main.ts";

const shop = `import { invalidateTag } from "zcache";

export interface Org {
  id: string;
  owner?: { email: string };
}

export class UserService {
  constructor(private readonly tenant: string) {}

  // @zcache key: "user:{this.tenant}:{id}:{org.id}", ttl: 10m, tags: ["org:{org.id}"]
  async profile(id: number, org: Org): Promise<string> {
    return org.id + id + this.tenant;
  }
}

// @zcache ttl: 1h
export const list = async (page: number): Promise<readonly number[]> => [page];

export const users = new UserService("a");
void users.profile(5, { id: "é", owner: { email: "" } });
void invalidateTag("org:5");
`;

interface Hover {
  readonly contents: { readonly value: string };
  readonly range: Range;
}

interface Location {
  readonly uri: string;
  readonly range: Range;
}

interface Item {
  readonly label: string;
  readonly filterText: string;
  readonly textEdit: { readonly range: Range; readonly newText: string };
}

const versions: readonly [string, (project: Project) => void][] = [
  ["TypeScript 5", () => {}],
  ["TypeScript 7", installTypescript7],
];

for (const [version, install] of versions) {
  const openWith = (...args: Parameters<typeof open>): Editor => {
    const editor = open(...args);
    install(editor.project);
    return editor;
  };

  test.serial(`${version}: an editor shows problems while one types, and mends them`, async (t) => {
    const { client } = openWith(t, { [main]: shop });
    await client.start();
    t.deepEqual(await client.open(main), []);
    t.deepEqual(await client.edit(main, "ttl: 10m", "ttl: 10"), [
      {
        code: 990201,
        severity: 1,
        at: "10",
        message:
          '"ttl" is 10, which has no unit. Write 10s, 10m or 10h. [zcache/duration-without-unit]',
      },
    ]);
    const fixes = await client.actions(main, '10, tags: ["org');
    t.regex(fixes["Write 10m"] ?? "", /ttl: 10m, tags/);
    t.deepEqual(await client.edit(main, "ttl: 10,", "ttl: 10m,"), []);
    t.deepEqual(client.messages, []);
  });

  test.serial(
    `${version}: what only types show is a problem too, with a change that mends it; a hint is one to look at`,
    async (t) => {
      const others = "void new UserService(String(Math.random()));\n";
      const { client } = openWith(t, { [main]: shop.replace("{this.tenant}:", "") + others });
      await client.start();
      const [problem] = await client.open(main);
      t.is(problem?.code, 990303);
      t.is(problem?.severity, 1);
      const [title] = Object.keys(await client.actions(main, problem?.at ?? ""));
      t.regex(title ?? "", /\{this\.tenant\}/);
      const [hint] = await client
        .edit(main, "// @zcache ttl: 1h", "// @zcahe ttl: 1h")
        .then((all) => all.filter(({ severity }) => severity !== 1));
      t.is(hint?.severity, 3);
    },
  );

  test.serial(
    `${version}: hover, completions, definitions and offers are those of the editor`,
    async (t) => {
      const { client } = openWith(t, { [main]: shop });
      await client.start();
      await client.open(main);
      const hover = await client.at<Hover>("textDocument/hover", main, "// @zca");
      t.regex(hover.contents.value, /^key   user:tenant:5:id$/m);
      t.regex(client.textIn(main, hover.range), /^@zcache key: .*\]$/);
      const use = await client.at<Hover>("textDocument/hover", main, "void users.pro");
      t.regex(use.contents.value, /^call  profile\(5, /m);
      t.is(await client.at("textDocument/hover", main, "return or"), null);

      const [definition] = await client.at<Location[]>("textDocument/definition", main, ":{org.i");
      t.is(definition?.uri, client.uri(main));
      t.is(client.textIn(main, definition?.range as Range), "id");
      t.is(definition?.range.start.line, 3);

      t.deepEqual(Object.keys(await client.actions(main, "@zcache ttl: 1h")), [
        "Write share: true, because the result is readonly",
      ]);

      await client.edit(main, "ttl: 10m", "ttl: {org.owner.");
      const items = await client.at<Item[]>("textDocument/completion", main, "{org.owner.");
      t.deepEqual(
        items.map(({ label, filterText, textEdit }) => [label, filterText, textEdit.newText]),
        [["email", ".email", "?.email"]],
      );
      t.is(client.textIn(main, items[0]?.textEdit.range as Range), ".");
      await client.edit(main, "ttl: 1h", "");
      const options = await client.at<Item[]>("textDocument/completion", main, "\n// @zcache ");
      t.true(
        options.some(({ label, textEdit }) => label === "ttl" && textEdit.newText === "ttl: "),
      );
      t.deepEqual(await client.at("textDocument/completion", main, "return org."), []);
    },
  );

  test.serial(
    `${version}: a change of one file shows what it breaks in another one, open or not`,
    async (t) => {
      const page =
        '// @zcache key: "page:{id}"\nexport const page = async (id: number): Promise<number> => id;\n';
      const other = page.replace("number> => id", "string> => String(id)");
      const { project, client } = openWith(t, {
        "src/first.ts": page.replace("page:", "first:"),
        "src/second.ts": other,
      });
      await client.start();
      t.deepEqual(await client.open("src/second.ts"), []);
      // Both are checked again when one is opened. The other one is checked last.
      const settled = client.shown("src/second.ts");
      await client.open("src/first.ts");
      t.deepEqual(await settled, []);
      const broken = client.shown("src/second.ts");
      await client.edit("src/first.ts", "first:", "page:");
      t.is((await broken)[0]?.code, 990402);
      const mended = client.shown("src/second.ts");
      await client.edit("src/first.ts", "page:", "first:");
      t.deepEqual(await mended, []);
      // Another program has written the file, as a checkout does.
      const onDisk = client.shown("src/second.ts");
      project.write("src/another.ts", page);
      t.is((await onDisk)[0]?.code, 990402);
    },
  );

  test.serial(
    `${version}: the options are those of the tsconfig that lists the file, also of one that is only referenced`,
    async (t) => {
      const source =
        "// @zcache codec: packed\nexport const load = async (id: number): Promise<number> => id;\n";
      const { project, client } = openWith(t, { [main]: source });
      const entry = (codecs: readonly string[]): unknown => ({
        compilerOptions: {
          target: "es2022",
          strict: true,
          types: [],
          plugins: [{ name: "zcache", codecs }],
        },
        include: ["src"],
      });
      project.writeConfig("tsconfig.json", {
        files: [],
        references: [{ path: "./tsconfig.app.json" }],
      });
      project.writeConfig("tsconfig.app.json", entry(["packed"]));
      await client.start();
      t.deepEqual(await client.open(main), []);
      const after = client.shown(main);
      project.writeConfig("tsconfig.app.json", entry([]));
      t.deepEqual(
        (await after).map(({ at }) => at),
        ["packed"],
      );
      const wrong = client.shown(main);
      project.writeConfig("tsconfig.app.json", {
        compilerOptions: { target: "es2022", plugins: [{ name: "zcache", namespce: "x" }] },
        include: ["src"],
      });
      const [problem] = await wrong;
      t.is(problem?.at, "@zcache");
      t.regex(problem?.message ?? "", /Did you mean "namespace"\?/);
    },
  );
}

test.serial("beside TypeScript 7 it asks TypeScript 6", async (t) => {
  const source =
    "// @zcache ttl: 10\nexport const load = async (id: number): Promise<number> => id;\n";
  const { project, client } = open(t, { [main]: source });
  project.write(
    "node_modules/typescript/package.json",
    '{ "name": "typescript", "version": "7.0.2" }',
  );
  project.write("node_modules/typescript/index.js", 'exports.version = "7.0.2";');
  const six = join(project.directory, "node_modules/@typescript/typescript6");
  mkdirSync(join(six, ".."), { recursive: true });
  symlinkSync(resolve(__dirname, "../../../node_modules/typescript-6.0"), six, "junction");
  await client.start();
  t.is((await client.open(main))[0]?.code, 990201);
  t.is(await client.stop(), 0);
});

test.serial(
  "a TypeScript 7 that fails is started again, and then TypeScript 6 is asked",
  async (t) => {
    // It hears twenty questions, which is too few for one check.
    const script = 'dd bs=65536 count=20 2>/dev/null | "$tsc" "$@"';
    const { project, client } = open(t, { [main]: shop.replace("ttl: 10m", "ttl: 10") });
    installBrokenTypescript7(project, script);
    await client.start();
    let shown = await client.open(main);
    while (shown.length === 0) shown = await client.shown(main);
    t.is(shown[0]?.code, 990201);
    t.is(client.messages.length, 3);
    t.regex(client.messages[0] ?? "", /^zcache: ServerFailure: TypeScript 7\.0\.2 can't be asked/);
  },
);

test.serial("it follows the protocol: order of requests, unknown ones, and the end", async (t) => {
  const { client } = open(t, { [main]: shop });
  t.deepEqual(await client.request("textDocument/hover", {}), { error: -32002 });
  t.like(await client.start(), {
    capabilities: { hoverProvider: true },
    serverInfo: { name: "zcache" },
  });
  t.deepEqual(await client.request("textDocument/rename", {}), { error: -32601 });
  // A request about something that is not in any project, or not a file, is answered with nothing.
  const untitled = { uri: "untitled:Untitled-1" };
  client.notify("textDocument/didOpen", {
    textDocument: { ...untitled, text: "// @zcache ttl: 10\n" },
  });
  t.is(
    await client.request("textDocument/hover", {
      textDocument: untitled,
      position: { line: 0, character: 5 },
    }),
    null,
  );
  // A notification that can't be carried out doesn't end the server.
  client.notify("textDocument/didOpen", {});
  t.deepEqual(await client.open(main), []);
  t.regex(client.messages[0] ?? "", /^zcache: TypeError/);
  t.is(await client.request("shutdown"), null);
  t.deepEqual(await client.request("textDocument/hover", {}), { error: -32600 });
  client.notify("exit");
  t.is(await client.ended, 0);
});

test.serial("where no compiler can be asked for types, it says once what to install", async (t) => {
  const project = workspace.create(`editor${++count}`, {
    files: { [main]: shop, "src/other.ts": shop },
  });
  project.write("node_modules/typescript/index.js", 'exports.version = "7.0.2";');
  // Here, too, TypeScript 7 is the only compiler beside zcache.
  const own = join(project.directory, "node_modules/zcache");
  cpSync(join(workspace.directory, "node_modules/zcache"), own, { recursive: true });
  const client = new LanguageClient(project, join(own, "dist/transformer/command-line/main.js"));
  t.teardown(() => client.kill());
  await client.start();
  t.deepEqual(await client.open(main), []);
  t.deepEqual(await client.open("src/other.ts"), []);
  t.is(client.messages.length, 1);
  t.regex(
    client.messages[0] ?? "",
    /^zcache: TypeScript 7\.0\.2 .* npm install --save-dev @typescript\/typescript6$/,
  );
});

test.serial("it ends with its editor", async (t) => {
  const { client } = open(t, { [main]: shop });
  await client.start();
  client.closeInput();
  t.is(await client.ended, 1);
});
