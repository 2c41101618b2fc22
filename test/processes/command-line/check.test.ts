import test from "ava";
import { createShop, userSource } from "./shop";

const wrong = `
// @zcache ttl: 10
export async function load(id: number): Promise<number> {
  return id;
}

// @zcache ttl: 10m
export async function roll(sides: number): Promise<number> {
  const text: string = sides;
  return Math.random() * Number(text);
}
`;

test.serial("sound code is clean", async (t) => {
  const { code, output } = await createShop().zcache(["check"]);
  t.deepEqual([code, output], [0, "3 cached functions: no problems.\n"]);
});

test.serial("errors and hints are shown at their places, and nothing is emitted", async (t) => {
  const shop = createShop(wrong);
  const { code, output } = await shop.zcache(["check"]);
  t.is(
    output,
    `src/user.ts(2,17): error TS990201: "ttl" is 10, which has no unit. Write 10s, 10m or 10h. [zcache/duration-without-unit]
  // @zcache ttl: 10
                  ~~
src/user.ts(7,4): hint TS990603: roll calls Math.random() on line 10: its result depends on chance, and all callers would get the first caller's. Pass it as an argument, or leave it to the caller. [zcache/undetermined-result]
  // @zcache ttl: 10m
     ~~~~~~~
1 cached function: 1 error, 1 hint.
`,
  );
  t.is(code, 1);
  t.deepEqual(shop.project.files("out"), {});
});

test.serial("hints alone are not a failure", async (t) => {
  const { code } = await createShop(wrong.replace("ttl: 10\n", "ttl: 10m\n")).zcache(["check"]);
  t.is(code, 0);
});

test.serial(
  "--with-types shows the compiler's errors in their places among zcache's",
  async (t) => {
    const { code, diagnostics } = await createShop(wrong).zcache(["check", "--with-types"]);
    t.deepEqual(
      diagnostics.map((line) => line.slice(0, 35)),
      [
        "src/user.ts(2,17): error TS990201: ",
        "src/user.ts(7,4): hint TS990603: ro",
        "src/user.ts(9,9): error TS2322: Typ",
      ],
    );
    t.is(code, 1);
  },
);

test.serial("--format json is for programs", async (t) => {
  const { output } = await createShop(wrong.slice(0, wrong.indexOf("// @zcache ttl: 10m"))).zcache([
    "check",
    "--format",
    "json",
  ]);
  t.deepEqual(JSON.parse(output), {
    files: ["src/user.ts"],
    problems: [
      {
        grade: "error",
        code: 990201,
        name: "duration-without-unit",
        message: '"ttl" is 10, which has no unit. Write 10s, 10m or 10h.',
        file: "src/user.ts",
        start: { line: 2, column: 17 },
        end: { line: 2, column: 19 },
      },
    ],
  });
});

test.serial("--format github makes annotations", async (t) => {
  const { output } = await createShop(wrong).zcache(["check", "--format=github"]);
  t.is(
    output,
    `::error file=src/user.ts,line=2,col=17,endLine=2,endColumn=19,title=zcache/duration-without-unit::"ttl" is 10, which has no unit. Write 10s, 10m or 10h.
::notice file=src/user.ts,line=7,col=4,endLine=7,endColumn=11,title=zcache/undetermined-result::roll calls Math.random() on line 10: its result depends on chance, and all callers would get the first caller's. Pass it as an argument, or leave it to the caller.
`,
  );
});

test.serial("checks are turned off in the plugin entry", async (t) => {
  const plugins = [
    { name: "zcache", transform: "zcache/transformer", checks: { "undetermined-result": "off" } },
  ];
  const { output } = await createShop(wrong.slice(wrong.indexOf("// @zcache ttl: 10m")), {
    options: { plugins },
  }).zcache(["check"]);
  t.is(output, "1 cached function: no problems.\n");
});

test.serial("referenced projects are checked too, without having been built", async (t) => {
  const shop = createShop(userSource);
  const own = JSON.parse(shop.project.read("tsconfig.json")) as { compilerOptions: object };
  const config = (references: string[], src: string) => ({
    compilerOptions: {
      ...own.compilerOptions,
      composite: true,
      rootDir: ".",
      outDir: `out/${src}`,
    },
    include: ["."],
    references: references.map((path) => ({ path })),
  });
  shop.project.writeConfig("src/tsconfig.json", config([], "src"));
  shop.project.writeConfig("app/tsconfig.json", config(["../src"], "app"));
  shop.project.writeConfig("tsconfig.json", {
    files: [],
    references: [{ path: "./app" }, { path: "./src" }],
  });
  shop.project.write(
    "app/main.ts",
    `import { type Profile, UserService } from "../src/user.js";
    // @zcache ttl: 10
    export async function first(service: string): Promise<Profile | null> { return new UserService().get(service.length); }
    // @zcache ttl: 10m
    export async function second(id: number): Promise<Profile | null> { return new UserService().get(id); }
    `,
  );
  const { output } = await shop.zcache(["check"]);
  t.is(
    output,
    `app/main.ts(2,21): error TS990201: "ttl" is 10, which has no unit. Write 10s, 10m or 10h. [zcache/duration-without-unit]
      // @zcache ttl: 10
                      ~~
4 cached functions: 1 error.
`,
  );
  const listed = await shop.zcache(["list", "--format", "json"]);
  const { functions } = JSON.parse(listed.output) as {
    functions: { place: string; fingerprint: string }[];
  };
  t.deepEqual(
    functions.map(({ place }) => place),
    ["src/user.ts:9", "src/user.ts:14", "src/user.ts:20", "app/main.ts:4"],
  );
  // Its types come from the other project's sources.
  t.is(functions[3]?.fingerprint, functions[0]?.fingerprint);
});
