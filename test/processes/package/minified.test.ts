import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import test from "ava";
import { buildSync, type BuildOptions } from "esbuild";
import ts from "typescript";
import { createTransformer } from "../../../transformer";
import { startRedis } from "../../support/redis";

/**
 * These tests use the built package in a program that a bundler has minified. zcache relies only on
 * names that no minifier changes.
 */

const run = promisify(execFile);

const directory = mkdtempSync(join(tmpdir(), "zcache-minified-"));
test.after.always(() => rmSync(directory, { recursive: true, force: true }));
mkdirSync(join(directory, "node_modules"));
for (const name of ["ioredis"])
  symlinkSync(
    join(__dirname, "../../../node_modules", name),
    join(directory, "node_modules", name),
  );
symlinkSync(join(__dirname, "../../.."), join(directory, "node_modules/zcache"));
writeFileSync(join(directory, "package.json"), '{ "name": "shop" }');

/** It is the file that the bundle is in. */
function bundle(name: string, source: string, options: BuildOptions): string {
  const fileName = join(directory, `${name}.ts`);
  const compilerOptions = { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext };
  const transformers = { before: [createTransformer(ts, compilerOptions)] };
  const { outputText } = ts.transpileModule(source, { fileName, compilerOptions, transformers });
  writeFileSync(join(directory, `${name}.js`), outputText);
  const outfile = join(directory, `${name}.min.cjs`);
  buildSync({
    entryPoints: [join(directory, `${name}.js`)],
    outfile,
    bundle: true,
    minify: true,
    platform: "node",
    format: "cjs",
    external: ["zcache", "ioredis"],
    ...options,
  });
  return outfile;
}

const repositories = `
import { configure, idle, MemoryBackend, RedisBackend } from "zcache";
import { Redis } from "ioredis";

abstract class Repository {
  protected abstract rows(): Record<number, string>;
  // @zcache ttl: 1m
  async find(id: number): Promise<string> { return this.rows()[id] as string; }
  // @zcache ttl: 1m
  static async table(id: number): Promise<string> { return this.title + id; }
  static title = "none";
}
class Users extends Repository { static title = "users"; protected rows() { return { 1: "ann" }; } }
class Posts extends Repository { static title = "posts"; protected rows() { return { 1: "hello" }; } }

async function main(): Promise<void> {
  const port = Number(process.env["REDIS_PORT"]);
  const redis = port ? new Redis(port) : null;
  configure({ backend: redis ? new RedisBackend(redis) : new MemoryBackend() });
  const values: string[] = [];
  for (let turn = 0; turn < 2; turn++) {
    values.push(await new Users().find(1), await new Posts().find(1), await Users.table(1), await Posts.table(1));
    await idle();
  }
  const keys = redis ? (await redis.keys("*")).sort() : [];
  await redis?.quit();
  console.log(JSON.stringify({ values, keys, names: [Users.name, Posts.name].map((name) => name.length) }));
}
void main();
`;

interface Answer {
  readonly values: string[];
  readonly keys: string[];
  /** Returns how long the names of the classes are in the bundle. */
  readonly names: number[];
}

async function answerOf(file: string, env: Record<string, string> = {}): Promise<Answer> {
  const { stdout } = await run(process.execPath, [file], { env: { ...process.env, ...env } });
  return JSON.parse(stdout) as Answer;
}

const expected = ["ann", "hello", "users1", "posts1"];

test("classes that share a cached method have keys of their own in a minified bundle", async (t) => {
  const { values, names } = await answerOf(bundle("memory", repositories, {}));
  t.deepEqual(values, [...expected, ...expected]);
  // Otherwise the names of the program would have distinguished them.
  t.true(
    names.every((length) => length === 1),
    names.join(),
  );
});

test("on Redis these keys have the names in the source, whatever the bundler makes of the names", async (t) => {
  const redis = await startRedis();
  try {
    const { values, keys } = await answerOf(bundle("redis", repositories, {}), {
      REDIS_PORT: String(redis.port),
    });
    t.deepEqual(values, [...expected, ...expected]);
    t.deepEqual(keys, [
      "shop.redis.Repository.find@shop.redis.Posts|1",
      "shop.redis.Repository.find@shop.redis.Users|1",
      "shop.redis.Repository.table@shop.redis.Posts|1",
      "shop.redis.Repository.table@shop.redis.Users|1",
    ]);
  } finally {
    await redis.stop();
  }
});

test("where a bundler renames an annotated method, the error says so when the file is loaded", async (t) => {
  const source = `
export class Accounts {
  // @zcache
  async loadAccount(id: number): Promise<number> { return id; }
}
void new Accounts().loadAccount(1);
`;
  const file = bundle("mangled", source, { mangleProps: /^loadAccount$/ });
  const error = await t.throwsAsync(run(process.execPath, [file]));
  t.regex(
    error?.message ?? "",
    /shop\.mangled\.Accounts\.loadAccount is annotated, but there is no method "loadAccount" when the program runs: a bundler has renamed it \(mangle-props\)\. Exclude the names of annotated methods from that\./,
  );
});
