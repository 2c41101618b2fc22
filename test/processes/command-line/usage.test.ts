import test from "ava";
import { createShop } from "./shop";

const shop = createShop();

const mistakes: readonly (readonly [args: readonly string[], message: string])[] = [
  [["chek"], "Unknown command chek. Did you mean check? See zcache --help."],
  [["frobnicate"], "Unknown command frobnicate. See zcache --help."],
  [["--chek"], "Unknown option --chek. Did you mean check? See zcache --help."],
  [
    ["check", "--fromat", "json"],
    "Unknown option --fromat. Did you mean --format? See zcache check --help.",
  ],
  [["check", "-x"], "Unknown option -x. See zcache check --help."],
  [
    ["check", "--format", "jsn"],
    "--format must be pretty, json or github, but got: jsn. Did you mean json?",
  ],
  [["check", "--format"], "--format needs a value: --format FORMAT."],
  [["check", "--with-types=yes"], "--with-types takes no value."],
  [["check", "src"], "zcache check takes no arguments, so src is one too many."],
  [["check", "-p", "missing"], "There is no missing."],
  [["explain"], "zcache explain needs FILE:LINE | KEY."],
  [["get", "a", "b"], "zcache get takes KEY, so b is one too many."],
  [
    ["invalidate", "a", ""],
    "zcache invalidate takes KEY…, but an argument is empty. If it comes from a variable, check that the variable is set.",
  ],
  [
    ["get", "a", "--redis", "http://me:secret@localhost:6379"],
    "The address of the Redis begins with redis:// or rediss://, but got: http://localhost:6379.",
  ],
  [["ttl", "a"], "Name the Redis: --redis redis://localhost:6379, or set REDIS_URL."],
];

for (const [args, message] of mistakes) {
  test.serial(`zcache ${args.join(" ")} is refused with exit code 2`, async (t) => {
    const { code, output } = await shop.zcache(args);
    t.deepEqual([code, output], [2, `zcache: ${message}\n`]);
  });
}

test.serial("help names the commands, and each command has its own help", async (t) => {
  const all = await shop.zcache(["--help"]);
  t.is(all.code, 0);
  for (const name of [
    "build",
    "doctor",
    "check",
    "lock",
    "list",
    "explain",
    "get",
    "ttl",
    "invalidate",
    "invalidate-tag",
  ]) {
    t.regex(all.output, new RegExp(`^  ${name} .*`, "m"));
    const { code, output } = await shop.zcache([name, "--help"]);
    t.is(code, 0);
    t.regex(output, new RegExp(`^Usage: zcache ${name} .*\n\n`));
  }
  t.deepEqual(await shop.zcache([]), all);
  t.is(
    (await shop.zcache(["lock", "--help"])).output,
    `Usage: zcache lock [options]

Writes zcache.lock.json: the keys, options and return types of all cached functions.
Commit it. zcache check then shows what a change does to the entries in Redis.

  -p, --project FILE  the tsconfig.json, or the folder it is in (default: the nearest one)
  --check             write nothing, and fail if the file would change
  --help              show this

Exit codes: 0 clean, 1 problems, 2 wrong usage.
`,
  );
});

test.serial("a tsconfig that can't be read is reported with its name", async (t) => {
  const broken = createShop();
  broken.project.write("tsconfig.json", `{ "extends": "./missing.json" }`);
  const { code, output } = await broken.zcache(["check"]);
  t.is(code, 1);
  t.regex(output, /^zcache: .*tsconfig\.json: .*missing\.json.*\n$/);
});

test.serial("a wrong plugin entry is reported", async (t) => {
  const plugins = [{ name: "zcache", transform: "zcache/transformer", namespce: "v1" }];
  const { code, output } = await createShop("", { options: { plugins } }).zcache(["check"]);
  t.is(code, 1);
  t.regex(
    output,
    /tsconfig\.json: zcache: unknown option "namespce" in the plugin entry\. Did you mean "namespace"\?\n$/,
  );
});

const usesVite = { devDependencies: { vite: "7" } };
const usesJest = { devDependencies: { jest: "30" } };

test.serial("doctor finds the package from a folder below it", async (t) => {
  const { zcache } = createShop("", { packageJson: usesVite });
  const { output } = await zcache(["doctor"], {}, "src");
  t.regex(output, /vite: not set up/);
});

test.serial("doctor -p looks at the package of that tsconfig", async (t) => {
  const { zcache } = createShop("", {
    packageJson: usesVite,
    files: { "inner/package.json": JSON.stringify(usesJest), "inner/tsconfig.json": "{}" },
  });
  const { output } = await zcache(["doctor", "-p", "inner"]);
  t.regex(output, /jest: not set up/);
  t.notRegex(output, /vite/);
});

test.serial("doctor names a missing config as the tsconfig does", async (t) => {
  const broken = createShop();
  broken.project.write("tsconfig.json", `{ "extends": "./missing.json" }`);
  const { output } = await broken.zcache(["doctor"]);
  t.regex(output, /missing\.json can't be read/);
  t.notRegex(output, /\.json\.json/);
});
