import { mkdirSync, symlinkSync } from "node:fs";
import { join, resolve } from "node:path";
import test from "ava";
import { createShop, type Shop, userSource } from "./shop";

/** It is a project in which TypeScript 7 is installed, and no other version. */
function createNewShop(user = userSource): Shop {
  const shop = createShop(user);
  mkdirSync(join(shop.project.directory, "node_modules"), { recursive: true });
  const modules = resolve(__dirname, "../../../node_modules");
  const own = join(shop.project.directory, "node_modules/typescript");
  symlinkSync(join(modules, "typescript-7"), own, "junction");
  return shop;
}

const wrong = `
export class Accounts {
  constructor(private readonly tenant: string) {}

  // @zcache ttl: 10
  async load(id: number): Promise<string> {
    return this.tenant + id;
  }

  // @zcache key: "account:{id}", ttl: 10m
  async find(id: number): Promise<{ at: Date }> {
    const text: string = id;
    return { at: new Date(this.tenant + text) };
  }
}
`;

test.serial("check asks TypeScript 7 for types, and its errors too", async (t) => {
  const { code, diagnostics } = await createNewShop(wrong).zcache(["check", "--with-types"]);
  t.deepEqual(
    diagnostics.map((line) => line.replace(/^(\S+ \S+ TS\d+):.*?( \[zcache.*)?$/, "$1$2")),
    [
      "src/user.ts(5,19): error TS990201 [zcache/duration-without-unit]",
      "src/user.ts(10,6): error TS990501 [zcache/unfaithful-codec]",
      "src/user.ts(10,19): error TS990303 [zcache/incomplete-key]",
      "src/user.ts(12,11): error TS2322",
    ],
  );
  t.is(code, 1);
});

test.serial("list, lock and explain say the same as with the version before it", async (t) => {
  for (const args of [["list"], ["explain", "src/user.ts:10"], ["lock"]]) {
    const [old, current] = [createShop(), createNewShop()];
    const before = await old.zcache(args);
    const { code, output } = await current.zcache(args);
    t.is(output, before.output, args.join(" "));
    t.is(code, 0);
    if (args[0] === "lock")
      t.is(current.project.read("zcache.lock.json"), old.project.read("zcache.lock.json"));
  }
});

test.serial("check reads the sources of referenced projects", async (t) => {
  const shop = createNewShop();
  shop.project.writeConfig("tsconfig.json", { files: [], references: [{ path: "./app.json" }] });
  shop.project.writeConfig("app.json", {
    compilerOptions: {
      composite: true,
      target: "es2022",
      module: "nodenext",
      plugins: [{ transform: "zcache/transformer" }],
    },
    include: ["src"],
  });
  const { code, output } = await shop.zcache(["check"]);
  t.deepEqual([code, output], [0, "3 cached functions: no problems.\n"]);
});

test.serial("what is wrong with a tsconfig is said with its name", async (t) => {
  const shop = createNewShop();
  shop.project.writeConfig("tsconfig.json", { compilerOptions: { targt: "es2022" } });
  const { code, output } = await shop.zcache(["check"]);
  t.regex(output, /tsconfig\.json: Unknown compiler option 'targt'/);
  t.is(code, 1);
});
