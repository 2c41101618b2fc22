import test from "ava";
import { NativeCompiler } from "../../../transformer/compilers/native-compiler";
import { type Api, loadApi } from "../../../transformer/compilers/native/api";
import { type Finding, runCorpus } from "../checks/run-corpus";

/**
 * TypeScript 7's API is marked as unstable, and these tests are the first to notice what a new
 * version has changed.
 */
const api = loadApi(__dirname, "typescript-7") as Api;

const expected = new Map(runCorpus().map((file) => [file.name, file.found.map(compared)]));

/** TypeScript 7 orders the members of a type differently, and so do some messages. */
function compared({ message = "", ...finding }: Finding): object {
  // A list that is cut has the first members.
  const isCut = /, and \d+ more/.test(message);
  return isCut ? finding : { ...finding, words: message.split(/[^\w$]+/).sort() };
}

for (const file of runCorpus("", new NativeCompiler(api, __dirname, null)))
  test(`TypeScript 7 leads to the findings of the version before it: ${file.name}`, (t) => {
    t.deepEqual(file.found.map(compared), expected.get(file.name));
    t.deepEqual(file.errors, [], "what TypeScript itself reports");
  });
