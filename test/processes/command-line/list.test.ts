import test from "ava";
import { createShop } from "./shop";

test.serial(
  "list shows each function, and for each tag the functions that carry it and the code that invalidates it",
  async (t) => {
    const { code, output } = await createShop().zcache(["list"]);
    t.is(
      output,
      `UserService.get  src/user.ts:9
  key          shop.user.UserService.get|{id}-{lang}
  tags         user:{id}, lang:{lang}
  ttl          10m
  codec        configure's
  fingerprint  7b6e700c

UserService.names  src/user.ts:14
  key          v1:names:{ids.length}:{ids}
  ttl          configure's
  codec        structured
  fingerprint  a0021be7

profiles  src/user.ts:20
  key          shop.user.profiles|{id}
  tags         user:{id}
  ttl          1h
  codec        configure's
  fingerprint  7b6e700c

tag lang:{lang}
  carried by      UserService.get (src/user.ts:9)
  invalidated by  src/user.ts:27 \`lang:\${lang}\`

tag user:{id}
  carried by      UserService.get (src/user.ts:9)
                  profiles (src/user.ts:20)
  invalidated by  src/user.ts:26 \`user:\${id}\`
`,
    );
    t.is(code, 0);
  },
);

test.serial("with version: auto, the shown key has the place of the fingerprint", async (t) => {
  const source = `
// @zcache version: auto
export async function a(id: number): Promise<number> { return id; }
// @zcache key: "b:{id}", version: auto, namespace: v1
export async function b(id: number): Promise<number> { return id; }
`;
  const { output } = await createShop(source).zcache(["list", "--format", "json"]);
  const { functions } = JSON.parse(output) as { functions: { key: string }[] };
  t.deepEqual(
    functions.map(({ key }) => key),
    ["shop.user.a@{version}|{id}", "v1:{version}:b:{id}"],
  );
});

test.serial("a project without a directive says how to begin", async (t) => {
  const { code, output } = await createShop("export {};").zcache(["list"]);
  t.deepEqual(
    [code, output],
    [0, "No function is cached. Write // @zcache above a function to cache it.\n"],
  );
});

test.serial(
  "the codec that configure sets is shown, and locked, if the plugin entry names it",
  async (t) => {
    const plugins = [{ name: "zcache", transform: "zcache/transformer", codec: "structured" }];
    const source = `
// @zcache
export async function a(id: number): Promise<Date> { return new Date(id); }
// @zcache cache: sessions, codec: json
export async function b(id: number): Promise<number> { return id; }
`;
    const shop = createShop(source, { options: { plugins } });
    const { functions } = JSON.parse((await shop.zcache(["list", "--format", "json"])).output) as {
      functions: { codec: string | null }[];
    };
    t.deepEqual(
      functions.map(({ codec }) => codec),
      ["structured", "json"],
    );
    await shop.zcache(["lock"]);
    const lock = JSON.parse(shop.project.read("zcache.lock.json")) as {
      functions: { codec?: string }[];
    };
    t.deepEqual(
      lock.functions.map(({ codec }) => codec),
      ["structured", "json"],
    );
    t.regex(
      (await shop.zcache(["explain", "src/user.ts:3"])).output,
      /^  codec +\(structured, configure's\)$/m,
    );
  },
);
