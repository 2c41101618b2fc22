import test from "ava";
import { createShop } from "./shop";

const shop = createShop();

test.serial(
  "a place is explained: the options with their defaults, an example key, the emitted code",
  async (t) => {
    const { code, output } = await shop.zcache(["explain", "src/user.ts:10"]);
    t.is(
      output,
      `UserService.get  src/user.ts:9
  key          shop.user.UserService.get|{id}-{lang} (default)
  namespace    (none)
  version      (none)
  tags         user:{id}, lang:{lang}
  ttl          10m
  nullTtl      (1m)
  when         (always)
  codec        (json, or configure's)
  cache        (the default one)
  fingerprint  7b6e700c  null|{id:number,name:string}

Example
  call  get(5, "lang")
  key   shop.user.UserService.get|5-lang

Emitted
  zc_method(get_plan, this.prototype, "get");

  function get_plan() { return {
  name: "shop.user.UserService.get",
  key: { text($, id, lang = "en") { return $(id) + "-" + $(lang); } },
  tags: [{ text($, id) { return "user:" + $(id); } }, { text($, id, lang = "en") { return "lang:" + $(lang); } }],
  ttlMs: 600000
  }; }
`,
    );
    t.is(code, 0);
  },
);

test.serial("the key of an example is the one that the compiled program uses", async (t) => {
  const source = `
import { configure } from "zcache";
configure({ onEvent: (event) => { if (event.type === "miss") console.log(event.key); } });
export interface Org { id: string; since: Date }
export class Orgs {
  constructor(readonly tenant: string) {}
  // @zcache key: "{this.tenant}:{org.id}/{page}", namespace: v2, version: auto
  async load(org: Org, page: number): Promise<string[]> { return [org.id, String(page)]; }
}
void new Orgs("tenant").load({ id: "id", since: new Date(0) }, 5);
declare const console: { log(text: string): void };
`;
  const { project, zcache } = createShop(source);
  const { output } = await zcache(["explain", "src/user.ts:7"]);
  const [, example] = /^Example\n.*\n  key   (.*)$/m.exec(output) ?? [];
  t.is((await project.tspc()).output, "");
  t.is((await project.node(["out/user.js"])).output, `${example}\n`);
});

const keys: readonly (readonly [key: string, output: string])[] = [
  [
    'shop.user.UserService.get|5-"de-AT"',
    `UserService.get  src/user.ts:9
  id    5
  lang  "de-AT"
  tags  user:5
        lang:de-AT
`,
  ],
  [
    'staging:v1:names:2:["a-b",c]',
    `UserService.names  src/user.ts:14
  namespace   staging
  ids.length  2
  ids         ["a-b", "c"]
`,
  ],
  [
    "shop.user.UserService.get|#0a4d550a4d550a4d550a4d550a4d550a4d550a4d",
    `UserService.get  src/user.ts:9
  arguments  too long for the key, which has only their hash
  tags       user:{id} (not known from the key)
             lang:{lang} (not known from the key)
`,
  ],
  [
    "shop.user.UserService.get@shop.admin.AdminService|5-en",
    `UserService.get  src/user.ts:9
  class  shop.admin.AdminService, of the object that it is called on
  id     5
  lang   "en"
  tags   user:5
         lang:en
`,
  ],
  [
    "shop.user.UserService.get@@acme.shop.admin.AdminService@0a0b0c0d|5-en",
    `UserService.get  src/user.ts:9
  version  0a0b0c0d, of other code: the source has none
  class    @acme.shop.admin.AdminService, of the object that it is called on
  id       5
  lang     "en"
  tags     user:5
           lang:en
`,
  ],
  ["staging:tag:user:5~", `The version of the tag "user:5". Deleting it invalidates the tag.\n`],
];

for (const [key, expected] of keys) {
  test.serial(`the key ${key} is explained`, async (t) => {
    const { code, output } = await shop.zcache(["explain", key]);
    t.deepEqual([code, output], [0, expected]);
  });
}

test.serial("a key of other code says so", async (t) => {
  const source = `
// @zcache version: auto
export async function load(id: number): Promise<number> { return id; }
`;
  const { output } = await createShop(source).zcache(["explain", "shop.user.load@0a0b0c0d|5"]);
  t.regex(output, /^  version  0a0b0c0d, of other code: the source has [0-9a-f]{8}$/m);
});

const failures: readonly (readonly [what: string, message: string])[] = [
  [
    "shop.user.profile|5",
    "No cached function of the project makes the key shop.user.profile|5. The nearest default key is shop.user.profiles|….",
  ],
  [
    "src/user.ts:1",
    "Line 1 of src/user.ts is in no cached function. Those of the file: UserService.get (src/user.ts:9), UserService.names (src/user.ts:14), profiles (src/user.ts:20).",
  ],
  ["src/other.ts:1", "src/other.ts is not a file of the project."],
];

for (const [what, message] of failures) {
  test.serial(`${what} can't be explained`, async (t) => {
    const { code, output } = await shop.zcache(["explain", what]);
    t.deepEqual([code, output], [1, `zcache: ${message}\n`]);
  });
}
