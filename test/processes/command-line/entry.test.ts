import test from "ava";
import { createShop, type Shop } from "./shop";

const source =
  "// @zcache\nexport async function load(id: number): Promise<number> {\n  return id;\n}\n";
const whole = { name: "zcache", transform: "zcache/transformer", transformProgram: true };
const tspc = { devDependencies: { typescript: "5", "ts-patch": "3" }, scripts: { build: "tspc" } };
const vite = { devDependencies: { vite: "8", typescript: "5" }, scripts: { build: "vite build" } };

function createProject(
  plugins: readonly object[] | undefined,
  packageJson: object,
  files = {},
): Shop {
  return createShop(source, { options: { plugins }, packageJson: { ...packageJson }, files });
}

interface Case {
  readonly title: string;
  readonly plugins: readonly object[] | undefined;
  readonly packageJson: object;
  /** It is null if there is nothing to report. */
  readonly says: RegExp | null;
  readonly code: number;
}

const cases: readonly Case[] = [
  { title: "a whole entry, for tspc", plugins: [whole], packageJson: tspc, says: null, code: 0 },
  {
    title: "an entry with the name alone, for vite",
    plugins: [{ name: "zcache" }],
    packageJson: vite,
    says: null,
    code: 0,
  },
  {
    title: "an entry with the name alone, for tspc",
    plugins: [{ name: "zcache" }],
    packageJson: tspc,
    says: /The zcache entry of tsconfig\.json has no "transform", so tspc compiles every function of it uncached\. Write \{/,
    code: 1,
  },
  {
    title: '"transformer" in place of "transform"',
    plugins: [{ name: "zcache", transformer: "zcache/transformer", transformProgram: true }],
    packageJson: tspc,
    says: /unknown option "transformer" in the plugin entry\. Did you mean "transform"\?/,
    code: 1,
  },
  {
    title: 'an entry without "transformProgram"',
    plugins: [{ name: "zcache", transform: "zcache/transformer" }],
    packageJson: tspc,
    says: /The zcache entry of tsconfig\.json needs "transformProgram": true beside its "transform"\./,
    code: 1,
  },
  {
    title: "another module for its transform",
    plugins: [{ name: "zcache", transform: "zcache", transformProgram: true }],
    packageJson: tspc,
    says: /has "zcache" for its "transform", which must be "zcache\/transformer"/,
    code: 1,
  },
  {
    title: "no entry, for tspc",
    plugins: [],
    packageJson: tspc,
    says: /tsconfig\.json has no zcache entry in its "plugins", so tspc compiles every function of it uncached\. Add \{/,
    code: 1,
  },
  {
    title: "no entry, for vite",
    plugins: undefined,
    packageJson: vite,
    says: /tsconfig\.json has no zcache entry in its "plugins", so every option has its default/,
    code: 0,
  },
];

for (const { title, plugins, packageJson, says, code } of cases) {
  test.serial(`zcache check, ${title}: exit code ${code}`, async (t) => {
    const shop = createProject(plugins, packageJson);
    const { code: exit, output } = await shop.zcache(["check"]);
    t.is(exit, code, output);
    if (says) t.regex(output, says);
    else t.is(output, "1 cached function: no problems.\n");
  });

  test.serial(`zcache doctor, ${title}`, async (t) => {
    const setUp = "zcache/vite";
    const shop = createProject(plugins, packageJson, {
      "vite.config.ts": `import zcache from "${setUp}";`,
    });
    const { code: exit, output } = await shop.zcache(["doctor"]);
    t.is(exit, code, output);
    t.regex(output, says ?? /✔ tsconfig\.json: has a zcache entry/);
  });
}

test.serial(
  "plugins that replace those of a base config are a problem for check and doctor, and a warning of every host",
  async (t) => {
    const shop = createProject([{ name: "next" }], vite, {
      "vite.config.ts": 'import zcache from "zcache/vite";',
    });
    shop.project.writeConfig("base.json", { compilerOptions: { plugins: [whole] } });
    const own = JSON.parse(shop.project.read("tsconfig.json")) as object;
    shop.project.writeConfig("tsconfig.json", { ...own, extends: "./base.json" });
    const says =
      /The "plugins" of \S*tsconfig\.json have no zcache entry, and replace those of \S*base\.json, which have one: tsconfig does not merge lists\. Repeat the entry/;
    for (const command of ["check", "doctor"]) {
      const { code, output } = await shop.zcache([command]);
      t.is(code, 1, output);
      t.regex(output, says);
    }
    shop.project.write(
      "build.cjs",
      `const { default: loader } = require("zcache/loader");
const context = { resourcePath: __dirname + "/src/user.ts", callback: (error, code) => console.log(error ?? /zcache.runtime/.test(code)) };
loader.call(context, require("fs").readFileSync(context.resourcePath, "utf8"));`,
    );
    const { output } = await shop.project.node(["build.cjs"], { NODE_NO_WARNINGS: undefined });
    t.regex(output, /true/);
    t.regex(output, says);
  },
);

test.serial("a config in another folder than package.json is examined too", async (t) => {
  const shop = createProject([whole], tspc);
  const { compilerOptions } = JSON.parse(shop.project.read("tsconfig.json")) as {
    compilerOptions: object;
  };
  shop.project.writeConfig("configs/build.json", {
    compilerOptions: { ...compilerOptions, rootDir: "../src", plugins: [] },
    include: ["../src"],
  });
  const { code, output } = await shop.zcache(["check", "-p", "configs/build.json"]);
  t.is(code, 1);
  t.regex(output, /build\.json has no zcache entry/);
});

test.serial(
  "doctor sees what an earlier tsc has built, and what was built with another namespace",
  async (t) => {
    const shop = createProject([whole], tspc);
    await shop.project.tsc();
    const uncompiled = await shop.zcache(["doctor"]);
    t.is(uncompiled.code, 1);
    t.regex(
      uncompiled.output,
      /✘ out: 0 of 1 functions .* are compiled\. shop\.user\.load is not\. Build again; .* tspc -b --force/,
    );
    await shop.project.tspc();
    t.is((await shop.zcache(["doctor"])).code, 0);
    shop.project.edit(
      "tsconfig.json",
      '"transformProgram":true',
      '"transformProgram":true,"namespace":"v2"',
    );
    const old = await shop.zcache(["doctor"]);
    t.is(old.code, 1);
    t.regex(old.output, /✘ out: 1 of 1 .* without the namespace "v2"/);
    await shop.project.tspc();
    t.is((await shop.zcache(["doctor"])).code, 0);
  },
);

const mistakes: readonly (readonly [
  title: string,
  packages: object,
  files: Record<string, string>,
  says: RegExp,
])[] = [
  [
    "ts-loader under Rspack",
    { "@rspack/core": "2", "ts-loader": "9" },
    {
      "rspack.config.js":
        'module.exports = { module: { rules: [{ loader: "ts-loader", options: { compiler: "ts-patch/compiler" } }] } };',
    },
    /✘ rspack: errors of ts-loader don't fail its builds/,
  ],
  [
    "ts-jest with isolatedModules",
    { jest: "30", "ts-jest": "29" },
    {
      "jest.config.js":
        'module.exports = { transform: { "ts$": ["ts-jest", { compiler: "ts-patch/compiler", isolatedModules: true }] } };',
    },
    /✘ jest: with isolatedModules ts-jest .* Put "zcache\/jest" in front of it/,
  ],
  [
    "a builder of Nest's that takes no plugins",
    { "@nestjs/cli": "12" },
    {
      "nest-cli.json":
        '{ "compilerOptions": { "builder": "swc", "plugins": ["zcache/transformer"] } }',
    },
    /✘ nest: the builder swc ignores the plugins in nest-cli\.json/,
  ],
];

for (const [title, devDependencies, files, says] of mistakes) {
  test.serial(`doctor sees ${title}`, async (t) => {
    const { code, output } = await createProject([whole], { devDependencies }, files).zcache([
      "doctor",
    ]);
    t.is(code, 1, output);
    t.regex(output, says);
  });
}

const scripts: readonly (readonly [
  title: string,
  scripts: Record<string, string>,
  options: object,
  says: RegExp,
])[] = [
  [
    "a script that runs tsc",
    { build: "rimraf dist && tsc -p ." },
    {},
    /✘ typescript.*: the script "build" runs tsc, /,
  ],
  ["tspc beside tsc", { build: "tspc", types: "tsc" }, {}, /✔ typescript/],
  [
    "tsc after ts-patch install",
    { prepare: "ts-patch install -s", build: "tsc" },
    {},
    /✔ typescript/,
  ],
  ["tsc that only checks", { lint: "tsc --noEmit", start: "node main.js" }, {}, /✔ typescript/],
  [
    "tsc in a project that emits nothing by it",
    { build: "tsc && vite build" },
    { noEmit: true },
    /✔ typescript/,
  ],
];

for (const [title, all, options, says] of scripts) {
  test.serial(`doctor looks at scripts: ${title}`, async (t) => {
    const packageJson = { devDependencies: { typescript: "5", "ts-patch": "3" }, scripts: all };
    const shop = createShop(source, { options: { plugins: [whole], ...options }, packageJson });
    const { output } = await shop.zcache(["doctor"]);
    t.regex(output, says);
  });
}

test.serial(
  "the entry of a tsconfig.json that only references others counts for them, as for a bundler",
  async (t) => {
    const packageJson = { devDependencies: { nuxt: "4", typescript: "5" } };
    const shop = createShop(source, { packageJson, files: { "nuxt.config.ts": "zcache/rollup" } });
    const { compilerOptions } = JSON.parse(shop.project.read("tsconfig.json")) as {
      compilerOptions: object;
    };
    shop.project.writeConfig(".nuxt/tsconfig.server.json", {
      compilerOptions: { ...compilerOptions, rootDir: "../src", plugins: undefined },
      include: ["../src"],
    });
    shop.project.writeConfig("tsconfig.json", {
      compilerOptions: { plugins: [{ name: "zcache", namespace: "v2" }] },
      files: [],
      references: [{ path: "./.nuxt/tsconfig.server.json" }],
    });
    t.regex((await shop.zcache(["list"])).output, /key\s+v2:shop\.user\.load\|\{id\}/);
    const { code, output } = await shop.zcache(["check"]);
    t.is(code, 0, output);
    t.is(output, "1 cached function: no problems.\n");
    t.regex((await shop.zcache(["doctor"])).output, /✔ tsconfig\.json: has a zcache entry/);
  },
);

const native = { devDependencies: { typescript: "7" } };

test.serial("doctor takes compiled output as a sign that a compiler is set up", async (t) => {
  const shop = createProject([whole], native);
  const before = await shop.zcache(["doctor"]);
  t.is(before.code, 1);
  t.regex(before.output, /✘ typescript.*: not set up\./);
  await shop.project.tspc();
  const after = await shop.zcache(["doctor"]);
  t.is(after.code, 0, after.output);
  t.regex(after.output, /✔ typescript.*: the output is compiled with the cache, though no script/);
  t.regex(after.output, /✔ out: 1 of 1 functions/);
});

test.serial("doctor looks for output where outDir of an extended config says", async (t) => {
  const shop = createShop(source, { options: { plugins: [whole] }, packageJson: tspc });
  const own = JSON.parse(shop.project.read("tsconfig.json")) as { compilerOptions: object };
  shop.project.writeConfig("configs/base.json", { compilerOptions: { outDir: "../made/here" } });
  shop.project.writeConfig("tsconfig.json", {
    ...own,
    extends: "./configs/base.json",
    compilerOptions: { ...own.compilerOptions, outDir: undefined },
  });
  await shop.project.tsc();
  const { code, output } = await shop.zcache(["doctor"]);
  t.is(code, 1, output);
  t.regex(output, /✘ made\/here: 0 of 1 functions .* shop\.user\.load is not\./);
});

test.serial("doctor does not blame a bundle for functions that it has left out", async (t) => {
  const shop = createProject([{ name: "zcache" }], vite, {
    "vite.config.ts": 'import zcache from "zcache/vite";',
    "src/unused.ts": source.replace("load", "nobody"),
  });
  shop.project.write("out/main.js", 'const plan = { name: "shop.user.load" };\n');
  const bundled = await shop.zcache(["doctor"]);
  t.is(bundled.code, 0, bundled.output);
  t.regex(bundled.output, /out: 1 of 2 .*\. shop\.unused\.nobody is not in it: a bundler/);
  shop.project.write("out/other.js", "async function nobody(id) {\n  return id;\n}\n");
  const uncompiled = await shop.zcache(["doctor"]);
  t.is(uncompiled.code, 1, uncompiled.output);
  t.regex(uncompiled.output, /✘ out: 1 of 2 .*\. shop\.unused\.nobody is not\. Build again/);
});

test.serial(
  "doctor goes through the projects of a workspace, and finds its compiler",
  async (t) => {
    const shop = createShop(source, { packageJson: { ...tspc, workspaces: ["packages/*"] } });
    const { compilerOptions } = JSON.parse(shop.project.read("tsconfig.json")) as {
      compilerOptions: object;
    };
    for (const name of ["a", "b"]) {
      shop.project.write(`packages/${name}/package.json`, JSON.stringify({ name }));
      shop.project.write(`packages/${name}/src/load.ts`, source);
      shop.project.writeConfig(`packages/${name}/tsconfig.json`, {
        compilerOptions: {
          ...compilerOptions,
          outDir: "made",
          plugins: name === "a" ? [whole] : [],
        },
        include: ["src"],
      });
    }
    shop.project.writeConfig("tsconfig.json", {
      files: [],
      references: [{ path: "packages/a" }, { path: "packages/b" }],
    });
    shop.project.write("packages/a/made/load.js", "async function load(id) {}");
    const { code, output } = await shop.zcache(["doctor"]);
    t.is(code, 1);
    t.regex(output, /✔ packages\/a\/tsconfig\.json: has a zcache entry/);
    t.regex(output, /✘ packages\/a\/made: 0 of 1 /);
    t.regex(output, /packages\/b\/tsconfig\.json has no zcache entry .* tspc compiles every/);
    t.regex(output, /packages\/b: 1 function has a @zcache comment; nothing is built yet/);
    const inside = await shop.zcache(["doctor", "-p", "packages/a"]);
    t.regex(inside.output, /✔ typescript/);
  },
);
