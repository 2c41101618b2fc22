import test from "ava";
import { NativeCompiler } from "../../../transformer/compilers/native-compiler";
import { type Api, loadApi } from "../../../transformer/compilers/native/api";
import { runCorpus } from "../checks/run-corpus";

/** TypeScript 7's API is marked unstable: what a new version has changed is seen here first. */
const api = loadApi(__dirname, "typescript-7") as Api;

const expected = new Map(runCorpus().map((file) => [file.name, file]));

for (const file of runCorpus("", new NativeCompiler(api, __dirname, null)))
  test(`TypeScript 7 leads to the findings of the version before it: ${file.name}`, (t) => {
    t.deepEqual(file.found, expected.get(file.name)?.found);
    t.deepEqual(file.errors, [], "what TypeScript itself reports");
  });
