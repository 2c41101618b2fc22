import { cpSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import { type Outcome } from "../../support/projects/run";
import { installBrokenTypescript7, installTypescript7 } from "../../support/projects/typescript-7";
import { createShop, type Shop, userSource } from "./shop";

/** It is a project in which TypeScript 7 is installed, and no other version. */
function createNewShop(user = userSource): Shop {
  const shop = createShop(user);
  installTypescript7(shop.project);
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

/** What may happen to the program of TypeScript 7, as scripts of the shell. */
const broken: readonly [string, string | null][] = [
  ["isn't there", null],
  ["can't run on this machine", "exit 126"],
  ["says something else", "echo hello; cat > /dev/null"],
  // It hears the first twenty questions.
  ["ends in the middle", 'dd bs=65536 count=20 2>/dev/null | "$tsc" "$@"'],
];

let expected: Promise<Outcome> | null = null;

for (const [what, script] of broken)
  test.serial(
    `if the program of TypeScript 7 ${what}, the version before it is asked`,
    async (t) => {
      const args = ["check", "--format", "json"];
      const before = await (expected ??= createShop(wrong).zcache(args));
      const shop = createShop(wrong);
      installBrokenTypescript7(shop.project, script);
      const { code, output } = await shop.zcache(args);
      t.true(output.includes(before.output), output);
      t.is(code, before.code);
      t.regex(
        output,
        /^zcache: TypeScript 7\.0\.2 can't be asked for types, because its server fails \(.+\)\. The previous version was asked instead\.$/m,
      );
    },
  );

test.serial(
  "where no other version is installed, a failing TypeScript 7 is an error",
  async (t) => {
    for (const [, script] of broken.slice(2)) {
      const { project } = createShop(wrong);
      installBrokenTypescript7(project, script);
      const { code, output } = await runAlone(project, ["check"]);
      t.regex(
        output,
        /^zcache: TypeScript 7\.0\.2 can't be asked .+ npm install --save-dev @typescript\/typescript6$/m,
      );
      t.is(code, 1);
    }
  },
);

/** Runs a zcache that finds no compiler but the project's own. */
function runAlone(project: Shop["project"], args: readonly string[]): Promise<Outcome> {
  const own = join(project.directory, "node_modules/zcache");
  cpSync(join(project.directory, "../node_modules/zcache"), own, { recursive: true });
  return project.node([join(own, "dist/transformer/command-line/main.js"), ...args]);
}
