import test, { type ExecutionContext } from "ava";
import { type Project } from "../../support/projects/project";
import { createWorkspace } from "../../support/projects/workspace";
import { TsServer } from "./tsserver";

const workspace = createWorkspace();
test.after.always(() => workspace.remove());

let count = 0;

interface Editor {
  readonly project: Project;
  readonly server: TsServer;
}

interface Setting {
  /** It names the package whose tsserver is used. */
  readonly compiler?: string;
  readonly plugin?: Readonly<Record<string, unknown>>;
  readonly args?: readonly string[];
}

/** Creates a project with these sources, all open in an editor. It is closed when the test ends. */
function open(t: ExecutionContext, files: Record<string, string>, setting: Setting = {}): Editor {
  const plugins = [
    { name: "zcache", transform: "zcache/transformer", transformProgram: true, ...setting.plugin },
  ];
  const project = workspace.create(`editor${++count}`, { files, options: { plugins } });
  const server = new TsServer(project, setting.compiler, setting.args);
  t.teardown(() => server.stop());
  for (const path of Object.keys(files)) server.open(path);
  return { project, server };
}

const main = "src/main.ts";

const shop = `import { invalidateTag } from "zcache";

export interface Org {
  id: string;
  name: string;
  owner?: { email: string };
}

export class UserService {
  #secret = "s";
  constructor(private readonly tenant: string) {}

  // @zcache key: "user:{this.tenant}:{id}:{org.id}", ttl: 10m, tags: ["user:{0}", "org:{org.id}"]
  async profile(id: number, org: Org): Promise<string> {
    return org.id + id + this.tenant + this.#secret;
  }
}

// @zcache batch, tags: ["user:{id}"], when: "result !== null"
export async function names(ids: readonly number[]): Promise<(string | null)[]> {
  return ids.map(String);
}

// @zcache key: "page:{page}:{size}"
export const list = async ({ page, size }: { page: number; size: number }): Promise<number> => page * size;

export const users = new UserService("a");
void users.profile(5, { id: "a", name: "b" });
void invalidateTag("user:5");
void invalidateTag("org:5");
`;

for (const compiler of ["typescript", "typescript-6.0", "typescript-5.5"]) {
  test.serial(
    `${compiler}: tsserver finds the plugin by the entry that the compiler has too`,
    async (t) => {
      const { server } = open(t, { [main]: shop }, { compiler });
      t.deepEqual(await server.diagnostics(main), []);

      server.edit(main, "ttl: 10m", "ttl: 10");
      const [problem] = await server.diagnostics(main);
      t.deepEqual(problem, {
        text: '"ttl" is 10, which has no unit. Write 10s, 10m or 10h. [zcache/duration-without-unit]',
        code: 990201,
        category: "error",
        at: "10",
      });

      t.deepEqual(await server.fixes(main, { code: 990201, at: '10, tags: ["user:{0}"' }), {});
      server.edit(main, "ttl: 10,", "ttl: 10m,");
      t.deepEqual(await server.diagnostics(main), []);

      t.deepEqual(Object.keys(await server.completions(main, ":{org.")), ["id", "name", "owner"]);
      t.regex(await server.hover(main, "// @zca"), /^key   user:tenant:5:id$/m);
      t.is(await server.definition(main, ":{org.i"), 'id → id in "id: string;"');
      t.true((await server.supportedFixes(main)).includes("990201"));
    },
  );
}

test.serial("if no local plugins are loaded, an editor can name the folder", async (t) => {
  const args = ["--pluginProbeLocations", workspace.directory];
  const { server } = open(t, { [main]: shop.replace("10m", "10") }, { args });
  t.deepEqual(
    (await server.diagnostics(main)).map(({ at }) => at),
    ["10"],
  );
});

const wrong = `import { invalidateTag } from "zcache";

export class Prices {
  constructor(private readonly currency: string) {}

  // @zcache ttl: 10m
  async price(id: number): Promise<string> {
    return id + this.currency;
  }
}

// @zcache tags: ["rate:{id}"]
export async function rate(id: number): Promise<number> {
  return id * Math.random();
}

// @zcache
export async function since(id: number): Promise<Date> {
  return new Date(id);
}
void invalidateTag;
`;

test.serial("checks with the grade of a hint are suggestions", async (t) => {
  const { server } = open(t, { [main]: wrong });
  t.deepEqual(
    (await server.diagnostics(main)).map(({ category, text }) => [
      category,
      /zcache\/([\w-]+)/.exec(text)?.[1],
    ]),
    [
      ["error", "incomplete-key"],
      ["suggestion", "undetermined-result"],
      ["error", "unfaithful-codec"],
    ],
  );
});

test.serial("the plugin entry applies: grades, and the codec that configure sets", async (t) => {
  const plugin = {
    checks: { "incomplete-key": "hint", "undetermined-result": "off" },
    codec: "structured",
  };
  const { server } = open(t, { [main]: wrong }, { plugin });
  t.deepEqual(
    (await server.diagnostics(main)).map(({ category, code }) => [category, code]),
    [["suggestion", 990303]],
  );
});

test.serial("the findings of a check in one file depend on the text of another", async (t) => {
  const other = "src/other.ts";
  const { server } = open(t, {
    [main]: `// @zcache tags: ["user:{id}"]\nexport async function user(id: number): Promise<number> { return id; }\n// @zcache tags: ["org:{id}"]\nexport async function org(id: number): Promise<number> { return id; }\n`,
    [other]: `import { invalidateTag } from "zcache";\nvoid invalidateTag("user:5");\n`,
  });
  const problemsOfOther = async (): Promise<string[]> =>
    (await server.diagnostics(other)).map(({ text }) => text);
  t.deepEqual(await problemsOfOther(), []);
  server.edit(main, "user:{id}", "usr:{id}");
  t.deepEqual(await problemsOfOther(), [
    'Nothing carries the tag "user:5": no directive can produce it. Did you mean "usr:{id}"? [zcache/unknown-tag]',
  ]);
  // While the directive is wrong in another way, its tag isn't known.
  server.edit(main, "usr:{id}", "user:{uid}");
  t.deepEqual(await problemsOfOther(), []);
});

test.serial("inside the comment, names are completed", async (t) => {
  const { server } = open(t, { [main]: shop });
  const write = async (directive: string): Promise<Record<string, string>> => {
    const before = '// @zcache key: "page:{page}:{size}"';
    const half = directive.slice(0, directive.indexOf("|"));
    server.edit(main, before, directive.replace("|", ""));
    const found = await server.completions(main, half);
    server.edit(main, directive.replace("|", ""), before);
    return found;
  };
  const namesOf = async (directive: string): Promise<string[]> =>
    Object.keys(await write(directive));

  t.deepEqual(await write("// @zcache ttl: 1h, | "), {
    ...{
      key: "key: ",
      nullTtl: "nullTtl: ",
      memory: "memory: ",
      tags: "tags: ",
      namespace: "namespace: ",
    },
    ...{
      stale: "stale: ",
      staleIfError: "staleIfError: ",
      early: "early",
      jitter: "jitter: ",
      timeout: "timeout: ",
      verify: "verify: ",
      share: "share: ",
    },
    ...{
      when: "when: ",
      codec: "codec: ",
      batch: "batch",
      cache: "cache: ",
      version: "version: ",
      allow: "allow: ",
    },
  });
  t.true((await namesOf("// @zcache\n//   ttl: 1h\n//   co|")).includes("codec"));
  t.true((await namesOf("// @zcache\n//   ttl: 1h\n//   |")).includes("codec"));
  t.true((await namesOf("/**\n * @zcache\n *   |\n */")).includes("codec"));
  t.deepEqual(await namesOf("// @zcache ttl: 1h\n// prose |"), []);
  t.deepEqual(await namesOf("/** @zcache codec: | */"), ["json", "yaml", "structured"]);
  t.true((await namesOf("// @zcache allow: [shared-key, inc|]")).includes("incomplete-key"));
  t.deepEqual(await namesOf('// @zcache tags: ["page:{|"]'), ["page", "size", "result"]);
  t.deepEqual(await namesOf('// @zcache tags: ["page:{p'.concat("|")), ["page", "size", "result"]);
  t.deepEqual(await namesOf('// @zcache key: "page:{|"'), ["page", "size"]);
  t.true((await namesOf('// @zcache when: "result.to|"')).includes("toFixed"));
  t.true((await namesOf('// @zcache ttl: "{result.to|}s"')).includes("toFixed"));
  t.deepEqual(await namesOf('// @zcache tags: ["page:|"]'), []);
  t.deepEqual(await namesOf("// prose |"), []);
});

test.serial("in a placeholder, paths are completed down to the last property", async (t) => {
  const { server } = open(t, { [main]: shop });
  const before = "org:{org.id}";
  const write = async (half: string): Promise<Record<string, string>> => {
    server.edit(main, before, half);
    const found = await server.completions(main, half);
    server.edit(main, half, before);
    return found;
  };
  t.deepEqual(await write("org:{org."), { id: "id", name: "name", owner: "owner" });
  t.deepEqual(await write("org:{org.owner."), { email: "?.email" });
  t.deepEqual(await write("org:{org.owner?."), { email: "email" });
  t.deepEqual(await write("org:{id + this.te"), { tenant: "tenant", profile: "profile" });
  t.true("toUpperCase" in (await write("org:{org.name.trim().")));
  t.deepEqual(await write("org:{"), { id: "id", org: "org", result: "result", this: "this" });
  t.is(await server.completionDetails(main, "org:{org.", "name"), "name: string");
  t.regex(
    await server.completionDetails(main, "// @zcache ", "codec"),
    /^codec\nThe codec that turns results into bytes\. Value: name, json, yaml, structured/,
  );
});

test.serial(
  "hovering over a directive or the name of its function shows what an example call has",
  async (t) => {
    const user = "src/user.ts";
    const { server } = open(t, {
      [main]: shop,
      [user]: `import { users } from "./main";\nvoid users.profile(6, { id: "", name: "" });\n`,
    });
    const expected = `call  profile(5, { id: "id", name: "name", owner: { email: "email" } })
key   user:tenant:5:id
tags  user:5
      org:id
ttl   10m`;
    t.is(await server.hover(main, "// @zcache key: "), expected);
    const withOption = await server.hover(main, "// @zcache ke");
    t.regex(
      withOption,
      /^key: Key template, such as "user:\{id\}"\. Value: template in quotes\. Default: module\.Class/,
    );
    t.true(withOption.endsWith(`\n\n${expected}`), "what the directive means follows");
    t.true((await server.hover(main, "async profi")).endsWith(`\n\`\`\`text\n${expected}\n\`\`\``));
    t.true((await server.hover(user, "users.pro")).endsWith(`\n\`\`\`text\n${expected}\n\`\`\``));
    t.regex(await server.hover(main, "const li"), /^key   page:5:5$/m);
    t.regex(await server.hover(main, "function nam"), /^key   shop\.main\.names\|5$/m);
    t.notRegex(await server.hover(main, "class UserS"), /key/);
    server.edit(main, "ttl: 10m", "ttl: 10");
    t.is(await server.hover(main, "// @zca"), "Not cached: the directive has an error.");
  },
);

test.serial(
  "hovering over verify says what it does, it is completed, and a wrong share is reported",
  async (t) => {
    const { server } = open(t, { [main]: shop });
    server.edit(main, "ttl: 10m", "ttl: 10m, verify: 1%");
    const shown = await server.hover(main, "ttl: 10m, ver");
    t.regex(
      shown,
      /^verify: The share of the hits for which the function runs as well, in the background/,
    );
    t.true(
      shown.includes("Value: part of the hits, 0 to 100 %, or off. Default: none, or configure's."),
      shown,
    );
    t.regex(shown, /^key {3}user:tenant:5:id$/m);
    t.deepEqual(await server.diagnostics(main), []);
    server.edit(main, "verify: 1%", "verify: 101%");
    const [problem] = await server.diagnostics(main);
    t.is(problem?.at, "101%");
    t.regex(problem?.text ?? "", /verify/);
    server.edit(main, ", verify: 101%", "");
    t.regex(
      await server.completionDetails(main, "// @zcache ", "verify"),
      /^verify\nThe share of the hits/,
    );
  },
);

test.serial("go to definition works from a placeholder", async (t) => {
  const { server } = open(t, { [main]: shop });
  t.is(await server.definition(main, "user:{"), 'this → UserService in "'.concat(classText(), '"'));
  t.is(
    await server.definition(main, "{this.te"),
    'tenant → tenant in "private readonly tenant: string"',
  );
  t.is(await server.definition(main, "}:{i"), 'id → id in "id: number"');
  t.is(await server.definition(main, "user:{0"), '0 → id in "id: number"');
  t.is(await server.definition(main, "org:{or"), 'org → org in "org: Org"');
  t.is(await server.definition(main, "org:{org.i"), 'id → id in "id: string;"');
  t.is(await server.definition(main, "page:{pa"), 'page → page in "page"');
  t.is(
    await server.definition(main, 'batch, tags: ["user:{i'),
    'id → ids in "ids: readonly number[]"',
  );
});

function classText(): string {
  const start = shop.indexOf("export class");
  return shop.slice(start, shop.indexOf("\n}\n", start) + 2);
}

/**
 * Each case has a directive, the code and the place of its mistake, the fixes that are offered, and
 * their results.
 */
const fixes: readonly (readonly [
  directive: string,
  code: number,
  at: string,
  offered: Record<string, string>,
])[] = [
  [
    "// @zcache ttl: 10",
    990201,
    "10",
    {
      "Write 10s": "// @zcache ttl: 10s",
      "Write 10m": "// @zcache ttl: 10m",
      "Write 10h": "// @zcache ttl: 10h",
    },
  ],
  ["// @zcache ttl: 10 minutes", 990203, "10 minutes", { "Write 10m": "// @zcache ttl: 10m" }],
  ["// @zcache tll: 10m", 990202, "tll", { "Write ttl": "// @zcache ttl: 10m" }],
  ["// @zcache ttl=10m", 990202, "ttl=10m", { "Write ttl: 10m": "// @zcache ttl: 10m" }],
  [
    '// @zcache codec: "structred"',
    990204,
    '"structred"',
    { "Write structured": '// @zcache codec: "structured"' },
  ],
  [
    "// @zcache allow: sharedkey",
    990207,
    "sharedkey",
    { "Write shared-key": "// @zcache allow: shared-key" },
  ],
  ['// @zcache "a:{idd}:{org.id}"', 990101, "idd", { "Write id": '// @zcache "a:{id}:{org.id}"' }],
  [
    '// @zcache "a:{id}:{org.nmae}"',
    990110,
    "nmae",
    { "Write name": '// @zcache "a:{id}:{org.name}"' },
  ],
  [
    '// @zcache tags: ["a:{org.owner.email}"]',
    990111,
    "org.owner",
    { "Write org.owner?": '// @zcache tags: ["a:{org.owner?.email}"]' },
  ],
  [
    "// @zcache ttl: 1h",
    990501,
    "@zcache",
    { "Write codec: structured": "// @zcache ttl: 1h, codec: structured" },
  ],
  [
    "// @zcache codec: json",
    990501,
    "json",
    { "Write codec: structured": "// @zcache codec: structured" },
  ],
  [
    '// @zcache key: "a:{id}"',
    990303,
    '"a:{id}"',
    { 'Write key: "a:{id}:{org}"': '// @zcache key: "a:{id}:{org}"' },
  ],
  ["// @zcache unknown: 5", 990202, "unknown", {}],
];

test.serial("a problem with one obvious fix is fixed by it", async (t) => {
  const source = (directive: string): string => `
interface Org { id: string; name: string; owner?: { email: string } }
${directive}
export async function load(id: number, org: Org): Promise<{ at: Date }> {
  return { at: new Date(id + org.id) };
}
`;
  const files = fixes.map(([directive], i) => [`src/fix${i}.ts`, source(directive)] as const);
  const { server } = open(t, Object.fromEntries(files));
  for (const [i, [directive, code, at, offered]] of fixes.entries()) {
    const path = `src/fix${i}.ts`;
    const isIt = (one: { code: number; at: string }): boolean => one.code === code && one.at === at;
    t.true((await server.diagnostics(path)).some(isIt), directive);
    t.deepEqual(await server.fixes(path, { code, at }), offered, directive);
    const [mended] = Object.values(offered);
    if (mended === undefined) continue;
    server.edit(path, directive, mended);
    t.false((await server.diagnostics(path)).some(isIt), mended);
  }
});

test.serial("a default key gets the field that its function reads", async (t) => {
  const { server } = open(t, { [main]: wrong });
  t.deepEqual(await server.fixes(main, { code: 990303, at: "@zcache" }), {
    'Write key: "Prices.price:{this.currency}:{id}"':
      '// @zcache ttl: 10m, key: "Prices.price:{this.currency}:{id}"',
  });
});

test.serial(
  "share is offered if the result is readonly, and its removal is offered if it isn't",
  async (t) => {
    const source = (directive: string, type: string): string =>
      `${directive}\nexport async function load(id: number): Promise<${type}> {\n  return { id };\n}\n`;
    const path = "src/shared.ts";
    const other = "src/other.ts";
    const files = {
      [path]: source("// @zcache ttl: 1h", "{ readonly id: number }"),
      [other]: source("// @zcache ttl: 1h", "{ id: number }"),
    };
    const { server } = open(t, files);
    t.deepEqual(await server.offers(path, "@zcache"), {
      "Write share: true, because the result is readonly": "// @zcache ttl: 1h, share: true",
    });
    t.deepEqual(await server.offers(other, "@zcache"), {});
    server.edit(path, "ttl: 1h", "ttl: 1h, share: true");
    t.deepEqual(await server.offers(path, "@zcache"), {});
    server.edit(other, "ttl: 1h", "ttl: 1h, share: true");
    t.deepEqual(await server.fixes(other, { code: 990604, at: "true" }), {
      "Write share: false": "// @zcache ttl: 1h, share: false",
    });
  },
);

test.serial(
  "after a change of tsconfig.json everything is reported once, by its new entry",
  async (t) => {
    const { project, server } = open(t, { [main]: wrong });
    const config = JSON.parse(project.read("tsconfig.json")) as {
      compilerOptions: { plugins: object[] };
    };
    const configure = async (entry: object): Promise<string[]> => {
      const compilerOptions = {
        ...config.compilerOptions,
        plugins: [{ name: "zcache", ...entry }],
      };
      project.writeConfig("tsconfig.json", { ...config, compilerOptions });
      await server.reload();
      return (await server.diagnostics(main)).map(({ text }) =>
        text.replace(/^.*\[zcache\/(.*)\]$/, "$1"),
      );
    };
    t.deepEqual(await configure({ checks: { "undetermined-result": "off" } }), [
      "incomplete-key",
      "unfaithful-codec",
    ]);
    t.deepEqual(await configure({ codec: "structured" }), [
      "incomplete-key",
      "undetermined-result",
    ]);
    t.deepEqual(await configure({ codex: "structured" }), [
      'zcache: unknown option "codex" in the plugin entry. Did you mean "codec"?',
    ]);
    t.deepEqual(await configure({ codec: "structured" }), [
      "incomplete-key",
      "undetermined-result",
    ]);
  },
);
