import fs, {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { Worker } from "node:worker_threads";
import test from "ava";
import ts from "typescript";
import { isCurrent } from "../../../transformer/hosts/disk-state";
import { KeptAnswers } from "../../../transformer/hosts/kept-answers";
import { KeptFiles } from "../../../transformer/hosts/kept-files";
import { KeptSources } from "../../../transformer/hosts/kept-sources";
import { markUsed, pruneFolder } from "../../../transformer/hosts/prune-folder";
import { SourceCompiler } from "../../../transformer/hosts/source-compiler";
import { RecordedInputs } from "../../../transformer/command-line/recorded-inputs";
import { JavaScriptCompiler } from "../../../transformer/compilers/javascript-compiler";
import { NativeCompiler } from "../../../transformer/compilers/native-compiler";
import { type Api, loadApi } from "../../../transformer/compilers/native/api";
import {
  type DiskReads,
  type ProjectCompiler,
} from "../../../transformer/compilers/project-compiler";

const root = mkdtempSync(join(tmpdir(), "zcache-kept-"));
test.after.always(() => rmSync(root, { recursive: true, force: true }));

function writeAll(name: string, files: Record<string, string>): string {
  const directory = join(root, name);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), text);
  }
  return directory;
}

const text = "// @zcache\nexport async function load(id: number) { return id; }\n";

/** Counts the files that were found. */
class Counted extends KeptSources {
  found = 0;
  override find(source: string, madeOf: readonly string[]): ReturnType<KeptSources["find"]> {
    const found = super.find(source, madeOf);
    if (found) this.found++;
    return found;
  }
}

test("a text is found under its name as long as it is made of the same input by the same code", (t) => {
  const folder = join(root, "texts");
  const files = new KeptFiles(folder, "zcache 1");
  t.is(files.find("a", ["x"]), null);
  files.keep("a", ["x", "y"], "one\ntwo");
  t.is(files.find("a", ["x", "y"]), "one\ntwo");
  t.is(files.find("a", ["xy", ""]), null);
  t.is(files.find("a", ["x\ny"]), null);
  t.is(files.find("b", ["x", "y"]), null);
  t.is(new KeptFiles(folder, "zcache 2").find("a", ["x", "y"]), null);
  files.keep("a", ["z"], "");
  t.is(files.find("a", ["z"]), "");
  t.is(files.find("a", ["x", "y"]), null);
  t.is(textsIn(folder).length, 1);
});

test("a folder that is removed while a process runs is made again", (t) => {
  const folder = join(root, "removed/texts");
  const files = new KeptFiles(folder, "zcache");
  files.keep("a", [], "text");
  rmSync(folder, { recursive: true });
  // The text at which that is noticed is not kept.
  files.keep("b", [], "text");
  t.is(files.find("b", []), null);
  files.keep("c", [], "text");
  t.is(files.find("c", []), "text");
});

/** Returns the files of a folder of texts, without the one that says when it was pruned. */
function textsIn(folder: string): string[] {
  return readdirSync(folder).filter((name) => name !== "pruned");
}

test("the remains of a half-written text don't count as a text", (t) => {
  const folder = join(root, "damaged");
  const files = new KeptFiles(folder, "zcache");
  files.keep("a", [], "some text that is long enough");
  const path = join(folder, textsIn(folder)[0] as string);
  const whole = readFileSync(path, "utf8");
  for (const damaged of [
    "",
    whole.slice(0, 20),
    whole.slice(0, -3),
    whole.replace("text", "\0\0\0\0"),
    "\0".repeat(90),
  ]) {
    writeFileSync(path, damaged);
    t.is(files.find("a", []), null);
  }
  files.keep("a", [], "again");
  t.is(files.find("a", []), "again");
});

test("a folder that can't be written keeps nothing, and breaks nothing", (t) => {
  const directory = writeAll("read-only", { file: "" });
  // A file is in the place of the folder, because root may write everywhere.
  const files = new KeptFiles(join(directory, "file/texts"), "zcache");
  t.notThrows(() => files.keep("a", [], "text"));
  t.is(files.find("a", []), null);
});

for (const code of ["ENOSPC", "EIO", "EROFS", "EDQUOT"])
  for (const call of ["mkdirSync", "writeFileSync", "renameSync", "utimesSync"] as const)
    test.serial(
      `a disk whose ${call} fails with ${code} breaks nothing, even if it refuses to remove as well`,
      (t) => {
        const files = new KeptFiles(join(root, `${call}-${code}`), "zcache");
        const fail = (): never => {
          throw Object.assign(new Error(code), { code });
        };
        const { [call]: working, rmSync: remove } = fs;
        Object.assign(fs, { [call]: fail, rmSync: fail });
        try {
          t.notThrows(() => files.keep("a", [], "text"));
          t.is(files.find("a", []), null);
        } finally {
          Object.assign(fs, { [call]: working, rmSync: remove });
        }
      },
    );

test.serial("a text that can't be read breaks nothing", (t) => {
  const files = new KeptFiles(join(root, "unreadable"), "zcache");
  files.keep("a", [], "text");
  const { readFileSync: working } = fs;
  fs.readFileSync = () => {
    throw Object.assign(new Error("EIO"), { code: "EIO" });
  };
  try {
    t.is(files.find("a", []), null);
  } finally {
    fs.readFileSync = working;
  }
  t.is(files.find("a", []), "text");
});

test("builds that write the same texts at the same time never read what another has half written", async (t) => {
  const folder = join(root, "together");
  const source = `
    require(${JSON.stringify(require.resolve("../../support/ts-node.cjs"))});
    const { KeptFiles } = require(${JSON.stringify(require.resolve("../../../transformer/hosts/kept-files"))});
    const { workerData, parentPort } = require("node:worker_threads");
    const files = new KeptFiles(${JSON.stringify(folder)}, "zcache");
    let wrong = 0;
    for (let i = 0; i < 300; i++) {
      const text = String(workerData).repeat(5000 + i);
      files.keep("a", ["x"], text);
      const found = files.find("a", ["x"]);
      if (found === null || new Set(found).size !== 1) wrong++;
    }
    parentPort.postMessage(wrong);`;
  const answers = [1, 2].map(
    (workerData) =>
      new Promise((resolve, reject) => {
        const worker = new Worker(source, { eval: true, workerData });
        worker.once("message", resolve);
        worker.once("error", reject);
      }),
  );
  t.deepEqual(await Promise.all(answers), [0, 0]);
  t.is(textsIn(folder).length, 1);
});

const day = 24 * 3_600_000;

/** Makes files of 100 bytes that were last used some days ago. */
function writeUsed(name: string, now: number, daysAgo: Record<string, number>): string {
  const folder = writeAll(name, {});
  mkdirSync(folder);
  for (const [file, days] of Object.entries(daysAgo)) {
    writeFileSync(join(folder, file), "x".repeat(100));
    utimesSync(join(folder, file), (now - days * day) / 1000, (now - days * day) / 1000);
  }
  return folder;
}

test("texts that no build has used for two weeks are removed, and so is what a killed build left", (t) => {
  const now = Date.now();
  const folder = writeUsed("old", now, { used: 13, old: 15, "old.4711-0": 15 });
  pruneFolder(folder, now);
  t.deepEqual(textsIn(folder), ["used"]);
});

test("if the texts take too much, those that were used least recently are removed", (t) => {
  const now = Date.now();
  const folder = writeUsed("large", now, { a: 1, b: 4, c: 2, d: 3 });
  pruneFolder(folder, now, { unusedFor: 14 * day, bytes: 250 });
  t.deepEqual(textsIn(folder).sort(), ["a", "c"]);
});

test("a folder is pruned once a day at most, and after the clock was set back too", (t) => {
  const now = Date.now();
  const folder = writeUsed("daily", now, { a: 15 });
  const prune = (at: number): string[] => {
    pruneFolder(folder, at);
    return textsIn(folder);
  };
  t.deepEqual(prune(now), []);
  writeFileSync(join(folder, "b"), "");
  utimesSync(join(folder, "b"), 0, 0);
  t.deepEqual(prune(now + day / 2), ["b"]);
  t.deepEqual(prune(now + 1.5 * day), []);
  writeFileSync(join(folder, "c"), "");
  utimesSync(join(folder, "c"), 0, 0);
  t.deepEqual(prune(now - 3 * day), []);
});

test("a text that is found counts as used, and keeping one removes the old ones", (t) => {
  const folder = join(root, "found");
  const files = new KeptFiles(folder, "zcache");
  files.keep("a", [], "text");
  files.keep("b", [], "text");
  const aged = (Date.now() - 20 * day) / 1000;
  for (const name of readdirSync(folder)) utimesSync(join(folder, name), aged, aged);
  t.is(files.find("a", []), "text");
  new KeptFiles(folder, "zcache").keep("c", [], "text");
  t.deepEqual(
    ["a", "b", "c"].map((name) => files.find(name, [])),
    ["text", null, "text"],
  );
  t.notThrows(() => markUsed(join(folder, "gone")));
  t.true(statSync(join(folder, "pruned")).mtimeMs > Date.now() - day);
});

test("a source is kept for each form that is wanted, and everything that changes its output makes it again", (t) => {
  const directory = writeAll("sources", {
    "package.json": '{ "name": "shop" }',
    "tsconfig.json": "{}",
    "src/a.ts": text,
  });
  const file = join(directory, "src/a.ts");
  const folder = join(directory, "kept");
  let at = Date.now();
  /** Writes a file of the project, with a time that no file had before. */
  const change = (path: string, content: string): void => {
    writeFileSync(join(directory, path), content);
    at += 2000;
    utimesSync(join(directory, path), at / 1000, at / 1000);
  };
  const compile = (
    source: string,
    wanted?: Parameters<SourceCompiler["compile"]>[2],
    zcache = "zcache 1",
  ) => {
    const kept = new Counted(new KeptFiles(folder, zcache));
    const made = new SourceCompiler(undefined, kept).compile(source, file, wanted);
    t.deepEqual(made, new SourceCompiler(undefined, null).compile(source, file, wanted));
    return { ...made, isFound: kept.found === 1 };
  };
  const madeThenFound = (...args: Parameters<typeof compile>) => {
    t.false(compile(...args).isFound);
    t.true(compile(...args).isFound);
    return compile(...args);
  };
  t.regex(madeThenFound(text).code ?? "", /"shop\.a\.load"/);
  t.not(madeThenFound(text, { format: "commonjs" }).map, null);
  t.is(madeThenFound(text, { withoutMap: true }).map, null);
  madeThenFound(text, undefined, "zcache 2");
  t.regex(madeThenFound(text.replace("load", "find")).code ?? "", /"shop\.a\.find"/);
  change("package.json", '{ "name": "store" }');
  t.regex(madeThenFound(text).code ?? "", /"store\.a\.load"/);
  madeThenFound(text, { format: "esm" });
  change("package.json", '{ "name": "store", "type": "module" }');
  madeThenFound(text);
  // If the host says how the file is loaded, the package's type changes nothing.
  t.true(compile(text, { format: "esm" }).isFound);
  const entry = (options: object) =>
    JSON.stringify({ compilerOptions: { plugins: [{ name: "zcache", ...options }] } });
  change("tsconfig.json", entry({ namespace: "v2" }));
  t.regex(madeThenFound(text).code ?? "", /namespace: "v2"/);
  change("tsconfig.json", entry({ root: "." }));
  t.regex(madeThenFound(text).code ?? "", /"store\.src\.a\.load"/);
  change("tsconfig.json", '{ "compilerOptions": { "experimentalDecorators": true } }');
  madeThenFound(text);
  // A file that turns out not to need work isn't parsed again either.
  t.is(madeThenFound("export const again = router.refresh;\n").code, null);
});

test("a mistake is shown by each build", (t) => {
  const directory = writeAll("mistakes", { "package.json": '{ "name": "shop" }' });
  const compiler = new SourceCompiler(
    undefined,
    new KeptSources(new KeptFiles(join(directory, "kept"), "zcache")),
  );
  const wrong = text.replace("@zcache", "@zcache ttl: soon");
  for (let build = 0; build < 2; build++)
    t.deepEqual(
      compiler.compile(wrong, join(directory, "a.ts")).problems.map(({ code }) => code),
      [990203],
    );
});

type CompilerOf = (directory: string, reads: DiskReads) => ProjectCompiler;

const compilers: Readonly<Record<string, CompilerOf>> = {
  "TypeScript 5": (_, reads) => new JavaScriptCompiler(ts, reads),
  "TypeScript 7": (_, reads) =>
    new NativeCompiler(loadApi(__dirname, "typescript-7") as Api, __dirname, reads),
};

/** Reads a program as `zcache check` does, and returns what it has read. */
function check(directory: string, compilerOf: CompilerOf) {
  const { sys } = ts;
  const before = { ...sys };
  try {
    const recorded = new RecordedInputs();
    const compiler = compilerOf(directory, recorded);
    const configs = compiler.readConfigs(join(directory, "tsconfig.json"));
    for (const config of configs) compiler.createProgram(config);
    return recorded.stateFor(directory, configs);
  } finally {
    Object.assign(sys, before);
  }
}

const project = {
  "package.json": '{ "name": "shop" }',
  "package-lock.json": "{}",
  "tsconfig.json": `{ "extends": "./base", "compilerOptions": { "outDir": "out", "skipLibCheck": true }, "include": ["src"] }`,
  "base.json": "{}",
  "src/a.ts":
    'import { b } from "./b";\nimport { there } from "there";\nimport { later } from "later";\nvoid [b, there, later];\n',
  "src/b.ts": "export const b = 1;\n",
  "node_modules/there/package.json": '{ "name": "there", "types": "index.d.ts" }',
  "node_modules/there/index.d.ts": "export const there: number;\n",
  "node_modules/@types/node/index.d.ts": "declare const one: 1;\n",
  "node_modules/.package-lock.json": "{}",
};

/** All files are old, as the files of a build usually are. */
function writeProject(name: string): string {
  const directory = writeAll(name, project);
  for (const path of Object.keys(project))
    utimesSync(join(directory, path), 1_700_000_000, 1_700_000_000);
  return directory;
}

function addAllTypes(directory: string): void {
  const path = join(directory, "tsconfig.json");
  const text = readFileSync(path, "utf8");
  writeFileSync(path, text.replace('"skipLibCheck"', '"types": ["*"], "skipLibCheck"'));
  utimesSync(path, 1_700_000_000, 1_700_000_000);
}

const changes: Readonly<Record<string, (directory: string) => void>> = {
  "an edited source": (directory) =>
    writeFileSync(join(directory, "src/b.ts"), "export const b = 22;\n"),
  "an edit of the same length": (directory) =>
    writeFileSync(join(directory, "src/b.ts"), "export const b = 2;\n"),
  "a source that is gone": (directory) => rmSync(join(directory, "src/b.ts")),
  "a new source": (directory) => writeFileSync(join(directory, "src/c.ts"), "export {};\n"),
  "a new source in a new folder": (directory) => {
    mkdirSync(join(directory, "src/new"));
    writeFileSync(join(directory, "src/new/c.ts"), "export {};\n");
  },
  "the tsconfig": (directory) =>
    writeFileSync(join(directory, "tsconfig.json"), '{ "include": ["src/a.ts"] }'),
  "what it extends": (directory) =>
    writeFileSync(join(directory, "base.json"), '{ "compilerOptions": {} }'),
  "another declaration of a package": (directory) =>
    writeFileSync(
      join(directory, "node_modules/there/index.d.ts"),
      "export const there: string;\n",
    ),
  "a package that was missing": (directory) => {
    mkdirSync(join(directory, "node_modules/later"));
    writeFileSync(
      join(directory, "node_modules/later/index.d.ts"),
      "export const later: number;\n",
    );
  },
  "types of a package that has had none": (directory) => {
    mkdirSync(join(directory, "node_modules/@types/other"));
    writeFileSync(
      join(directory, "node_modules/@types/other/index.d.ts"),
      "declare const two: 2;\n",
    );
  },
  "an installation": (directory) =>
    writeFileSync(join(directory, "node_modules/.package-lock.json"), '{ "a": 1 }'),
};

for (const [name, compilerOf] of Object.entries(compilers)) {
  for (const [what, change] of Object.entries(changes)) {
    test(`${name}: the findings of the checks are not used again after ${what}`, (t) => {
      const directory = writeProject(`${name} ${what}`.replaceAll(" ", "-"));
      // TypeScript 7 includes no types by itself.
      if (name === "TypeScript 7") addAllTypes(directory);
      const state = check(directory, compilerOf);
      t.truthy(state);
      const kept = new KeptAnswers<string>(new KeptFiles(join(directory, "kept"), "zcache"));
      kept.keep("tsconfig.json", "found", state);
      t.is(kept.find("tsconfig.json"), "found");
      change(directory);
      t.is(kept.find("tsconfig.json"), null);
    });
  }

  test(`${name}: the findings of the checks are used in a fresh checkout, whatever the compiler writes`, (t) => {
    const directory = writeProject(`${name} fresh`.replaceAll(" ", "-"));
    const state = check(directory, compilerOf);
    for (const path of Object.keys(project))
      utimesSync(join(directory, path), 1_750_000_000, 1_750_000_000);
    writeAll(basename(directory), {
      "out/a.d.ts": "export {};\n",
      "src/notes.md": "text",
      "node_modules/unused/index.d.ts": "",
    });
    t.true(state && isCurrent(state));
  });

  test(`${name}: the findings of the checks aren't kept if a file changed while they ran`, (t) => {
    const directory = writeProject(`${name} meanwhile`.replaceAll(" ", "-"));
    const soon = Date.now() / 1000 + 60;
    utimesSync(join(directory, "src/b.ts"), soon, soon);
    t.is(check(directory, compilerOf), null);
  });
}
