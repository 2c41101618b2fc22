import test from "ava";
import { createShop, type Shop, userSource } from "./shop";

let lockText: string;
test.before(async () => {
  const { project, zcache } = createShop();
  await zcache(["lock"]);
  lockText = project.read("zcache.lock.json");
});

/** Creates a shop whose lock is up to date. */
function createLockedShop(): Shop {
  const shop = createShop();
  shop.project.write("zcache.lock.json", lockText);
  return shop;
}

test.serial(
  "the lock has every function, sorted, and is the same when written again",
  async (t) => {
    const { project, zcache } = createShop();
    const { code, output } = await zcache(["lock"]);
    t.deepEqual([code, output], [0, "zcache.lock.json written: 3 cached functions.\n"]);
    const text = project.read("zcache.lock.json");
    t.deepEqual(JSON.parse(text), {
      version: 1,
      functions: [
        {
          file: "src/user.ts",
          function: "UserService.get",
          name: "shop.user.UserService.get",
          key: "shop.user.UserService.get|{id}-{lang}",
          parameters: ["id", "lang"],
          tags: ["user:{id}", "lang:{lang}"],
          ttl: "10m",
          invalidatedIn: ["src/user.ts rename"],
          fingerprint: "7b6e700c",
          returns: "null|{id:number,name:string}",
        },
        {
          file: "src/user.ts",
          function: "UserService.names",
          name: "shop.user.UserService.names",
          key: "names:{ids.length}:{ids}",
          parameters: ["ids"],
          namespace: "v1",
          codec: "structured",
          fingerprint: "a0021be7",
          returns: "Map<string,number>",
        },
        {
          file: "src/user.ts",
          function: "profiles",
          name: "shop.user.profiles",
          key: "shop.user.profiles|{id}",
          parameters: ["id"],
          tags: ["user:{id}"],
          ttl: "1h",
          batch: true,
          invalidatedIn: ["src/user.ts rename"],
          fingerprint: "7b6e700c",
          returns: "null|{id:number,name:string}",
        },
      ],
    });
    t.deepEqual(await zcache(["lock", "--check"]), {
      code: 0,
      output: "zcache.lock.json is up to date: 3 cached functions.\n",
      diagnostics: [],
    });
    t.is(project.read("zcache.lock.json"), text);
    // Git may check the file out like this on Windows.
    project.write("zcache.lock.json", text.replaceAll("\n", "\r\n"));
    t.is((await zcache(["check"])).output, "3 cached functions: no problems.\n");
  },
);

test.serial("lock --check fails when there is no lock, and writes none", async (t) => {
  const { project, zcache } = createShop();
  const { code, output } = await zcache(["lock", "--check"]);
  t.deepEqual([code, output], [1, "zcache.lock.json does not exist. zcache lock writes it.\n"]);
  t.throws(() => project.read("zcache.lock.json"));
});

/** Returns what `zcache check` reports about the lock after an edit: the message and the place. */
const edits: readonly (readonly [
  title: string,
  edits: readonly (readonly [from: string, to: string])[],
  output: string,
])[] = [
  [
    "a renamed method, with what keeps its entries",
    [
      ["async get(id: number, lang", "async find(userId: number, lang"],
      ['"user:{id}", "lang', '"user:{userId}", "lang'],
      ["return { id,", "return { id: userId,"],
    ],
    `src/user.ts(9,6): lock: UserService.get was renamed to UserService.find: its key moves from shop.user.UserService.get|{id}-{lang} to shop.user.UserService.find|{userId}-{lang}, and its entries go cold. Add key: "shop.user.UserService.get|{userId}-{lang}" to keep them.
    // @zcache ttl: 10m, tags: ["user:{userId}", "lang:{lang}"]
       ~~~~~~~
`,
  ],
  [
    "a renamed parameter, which changes nothing",
    [
      ["async names(ids: string[])", "async names(list: string[])"],
      ["{ids.length}:{ids}", "{list.length}:{list}"],
      ["ids.map((id, i)", "list.map((id, i)"],
    ],
    `zcache.lock.json: lock: The lock is not what zcache lock would write, though no entry is affected.
`,
  ],
  [
    "a renamed function with a key of its own",
    [["async names(", "async labels("]],
    `src/user.ts(14,6): lock: UserService.names was renamed to UserService.labels: its key stays v1:names:{ids.length}:{ids}.
    // @zcache key: "names:{ids.length}:{ids}", codec: structured, namespace: v1
       ~~~~~~~
`,
  ],
  [
    "fields that were gained and changed, once for each function that stores them",
    [
      ["  name: string;", "  name: string | null;\n  email: string;\n  nick?: string;"],
      ["name: lang }", 'name: lang, email: "" }'],
    ],
    ["11,6", "22,4"]
      .map((place, i) => {
        const mark =
          i === 0
            ? '    // @zcache ttl: 10m, tags: ["user:{id}", "lang:{lang}"]\n       ~~~~~~~\n'
            : '  // @zcache batch, ttl: 1h, tags: ["user:{id}"]\n     ~~~~~~~\n';
        return [
          "Profile gained a field (email): entries written before the deploy lack it.",
          "Profile.name may now be null.",
          "Profile gained an optional field (nick): entries written before the deploy lack it.",
        ]
          .map((message) => `src/user.ts(${place}): lock: ${message}\n${mark}`)
          .join("");
      })
      .join(""),
  ],
  [
    "options",
    [
      ["ttl: 10m, tags", "ttl: 5m, codec: yaml, tags"],
      [', "lang:{lang}"]', ', "language:{lang}"]'],
      ["`lang:", "`language:"],
    ],
    [
      "The ttl of UserService.get changed from 10m to 5m: entries written before the deploy keep the old one.",
      "The codec of UserService.get changed from configure's to yaml: entries written before the deploy can't be read, and are loaded again.",
      'The tags of UserService.get changed (gained "language:{lang}", lost "lang:{lang}"): entries written before the deploy are loaded again.',
    ]
      .map(
        (message) =>
          `src/user.ts(9,6): lock: ${message}\n    // @zcache ttl: 5m, codec: yaml, tags: ["user:{id}", "language:{lang}"]\n       ~~~~~~~\n`,
      )
      .join(""),
  ],
  [
    "a key, a namespace",
    [["namespace: v1", "namespace: v2"]],
    `src/user.ts(14,6): lock: The key of UserService.names changed: its key moves from v1:names:{ids.length}:{ids} to v2:names:{ids.length}:{ids}, and its entries go cold.
    // @zcache key: "names:{ids.length}:{ids}", codec: structured, namespace: v2
       ~~~~~~~
`,
  ],
  [
    "a function that is no longer cached, and one that is now",
    [
      ['  // @zcache key: "names:{ids.length}:{ids}", codec: structured, namespace: v1\n', ""],
      [
        "export async function rename",
        "// @zcache\nexport async function count(): Promise<number> {\n  return 1;\n}\n\nexport async function rename",
      ],
    ],
    `src/user.ts(24,4): lock: count is cached now: its entries begin cold.
  // @zcache
     ~~~~~~~
zcache.lock.json: lock: UserService.names (src/user.ts) is no longer cached: its entries (v1:names:{ids.length}:{ids}) stay until they expire, and nothing invalidates them by key.
`,
  ],
  [
    "version: auto, which keeps code before and after apart",
    [["// @zcache batch, ttl: 1h", "// @zcache batch, version: auto, ttl: 1h"]],
    `src/user.ts(20,4): lock: The version of profiles changed from none to auto: its entries go cold.
  // @zcache batch, version: auto, ttl: 1h, tags: ["user:{id}"]
     ~~~~~~~
`,
  ],
];

for (const [title, changes, expected] of edits) {
  test.serial(`check reports what a merge does: ${title}`, async (t) => {
    const { project, zcache } = createLockedShop();
    for (const [from, to] of changes) project.edit("src/user.ts", from, to);
    const { code, output } = await zcache(["check"]);
    const [, told, summary] = /^(.*\n)(.*\n)$/s.exec(output) ?? [];
    t.is(told, expected);
    t.regex(summary ?? "", /: \d+ changes? since the lock\. zcache lock accepts the changes\.\n$/);
    t.is(code, 1);
  });
}

test.serial("with version: auto a changed type is a changed key", async (t) => {
  const { project, zcache } = createShop(
    userSource.replaceAll("// @zcache batch", "// @zcache version: auto, batch"),
  );
  await zcache(["lock"]);
  project.edit("src/user.ts", "id: number;\n", "id: number;\n  age?: number;\n");
  const { output } = await zcache(["lock"]);
  t.is((await zcache(["check"])).code, 0);
  t.is(
    output,
    `Profile gained an optional field (age): entries written before the deploy lack it.
Profile gained an optional field (age). With version: auto, the keys of profiles change and its entries go cold.
zcache.lock.json written: 3 cached functions.
`,
  );
});

test.serial("a moved file is recognised", async (t) => {
  const { project, zcache } = createLockedShop();
  project.write("src/people/user.ts", project.read("src/user.ts"));
  project.write("src/user.ts", "export {};");
  const { diagnostics, output } = await zcache(["check"]);
  t.deepEqual(diagnostics, []);
  t.true(
    output.includes(
      'UserService.get moved from src/user.ts to src/people/user.ts: its key moves from shop.user.UserService.get|{id}-{lang} to shop.people.user.UserService.get|{id}-{lang}, and its entries go cold. Add key: "shop.user.UserService.get|{id}-{lang}" to keep them.',
    ),
  );
  t.true(
    output.includes(
      "UserService.names moved from src/user.ts to src/people/user.ts: its key stays v1:names:{ids.length}:{ids}.",
    ),
  );
});

test.serial(
  "a function whose directive has an error is not reported as gone, and no lock is written from it",
  async (t) => {
    const { project, zcache } = createLockedShop();
    project.edit("src/user.ts", "ttl: 10m", "ttl: 10");
    const { output } = await zcache(["check"]);
    t.false(output.includes("lock:"));
    const locked = await zcache(["lock"]);
    t.is(locked.code, 1);
    t.regex(
      locked.output,
      /^zcache: The source has .*, which zcache check shows\. The lock was not changed\.\n$/,
    );
    t.is(project.read("zcache.lock.json"), lockText);
  },
);

/** Returns a lock whose only function has another value for one property. */
function printLockedWith(property: string, value: string): string {
  const locked = {
    file: "a",
    function: "a",
    name: "a",
    key: "a",
    parameters: [],
    fingerprint: "a",
    returns: "a",
  };
  return JSON.stringify({
    version: 1,
    functions: [{ ...locked, [property]: JSON.parse(value) as unknown }],
  });
}

const broken: readonly (readonly [text: string, message: RegExp])[] = [
  [
    "<<<<<<< HEAD\n",
    /^zcache: zcache\.lock\.json is not JSON\. It holds the marks of a merge conflict\. Write it again with zcache lock\.\n$/,
  ],
  [
    '{ "version": 2 }',
    /^zcache: zcache\.lock\.json has format 2, which is of a later zcache\. Update zcache\.\n$/,
  ],
  [
    '{ "version": 1, "functions": [{}] }',
    /^zcache: zcache\.lock\.json does not have the form that zcache writes\. Write it again with zcache lock\.\n$/,
  ],
  ...(
    [
      ["tags", "5", "a list of texts"],
      ["tags", "[5]", "a list of texts"],
      ["parameters", "[null]", "a list of texts"],
      ["ttl", "5", "a text"],
      ["version", '"none"', '"auto"'],
      ["batch", '"yes"', "true"],
      ["namespace", "null", "a text"],
      ["returns", "{}", "a text"],
    ] as const
  ).map(([property, value, what]): [string, RegExp] => [
    printLockedWith(property, value),
    new RegExp(
      `^zcache: functions\\[0\\]\\.${property} of zcache\\.lock\\.json must be ${what}, but is .+\\. Write it again with zcache lock\\.\n$`,
    ),
  ]),
];

for (const [text, message] of broken) {
  test.serial(`a lock that is ${text.trim()} can't be read`, async (t) => {
    const { project, zcache } = createShop();
    project.write("zcache.lock.json", text);
    const { code, output } = await zcache(["check"]);
    t.is(code, 1);
    t.regex(output, message);
    t.is((await zcache(["lock"])).code, 0);
  });
}

test.serial(
  "the lock says where the program invalidates a function's entries, and check accepts it when only that has changed",
  async (t) => {
    const { project, zcache } = createShop();
    const write = (name: string): void =>
      project.write(
        "src/rename.ts",
        `import { invalidateTag } from "zcache";
import { profiles, UserService } from "./user";
export class Names {
  async ${name}(id: number): Promise<void> {
    await invalidateTag(\`user:\${id}\`);
  }
}
export const forget = (id: number): Promise<void> => profiles.invalidate(id);
void UserService;
`,
      );
    write("rename");
    await zcache(["lock"]);
    const { functions } = JSON.parse(project.read("zcache.lock.json")) as {
      functions: { function: string; invalidatedIn?: string[] }[];
    };
    t.deepEqual(
      functions.map((one) => [one.function, one.invalidatedIn]),
      [
        ["UserService.get", ["src/rename.ts Names.rename", "src/user.ts rename"]],
        ["UserService.names", undefined],
        ["profiles", ["src/rename.ts Names.rename", "src/rename.ts forget", "src/user.ts rename"]],
      ],
    );
    write("call");
    const { output } = await zcache(["check"]);
    t.notRegex(output, /lock/i);
  },
);
