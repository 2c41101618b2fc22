import test from "ava";
import ts from "typescript";
import { changesDataIn } from "../../../transformer/target/data-changes";

/**
 * Whatever a loader writes, verify must not write it a second time. Such a function is verified
 * only if its directive says so.
 */

function changes(body: string, rest = ""): boolean {
  const file = ts.createSourceFile(
    "file.ts",
    `async function load(id) { ${body} }\n${rest}`,
    ts.ScriptTarget.Latest,
    true,
  );
  const [load] = file.statements;
  return changesDataIn(ts, load as ts.FunctionDeclaration);
}

const writing = [
  "await db.insert(users).values({ id })",
  "await prisma.user.upsert({ where: { id } })",
  "await repository.save({ id })",
  "await db.deleteFrom('users')",
  "await sql`UPDATE users SET n = n + 1`",
  "await fetch(url, { method: 'POST' })",
  "await fs.writeFile(path, text)",
  "await fs.appendFile(path, text)",
  "return redis.incr(`count:${id}`)",
  "return redis.hIncrBy('count', id, 1)",
  "await redis.lpush('queue', id)",
];
for (const body of writing) test(`it changes data: ${body}`, (t) => t.true(changes(body)));

const reading = [
  "return db.select().from(users)",
  "return map.set(id, 1).get(id)",
  "return (await fetch(url)).json()",
  "return { deletedAt: row.deletedAt, updated: row.updated }",
  "return load(id)",
];
for (const body of reading) test(`it does not: ${body}`, (t) => t.false(changes(body)));

test("what a function of the same file changes is changed by its callers", (t) => {
  t.true(
    changes(
      "await note(id)",
      "async function note(id) { await helper(id); } const helper = async (id) => db.update(id);",
    ),
  );
  t.false(
    changes(
      "await note(id)",
      "async function note(id) { return id; } async function other() { await db.update(1); }",
    ),
  );
  const source =
    "class Users { async load(id) { return this.touch(id); } async touch(id) { await this.rows.update(id); } }";
  const file = ts.createSourceFile("file.ts", source, ts.ScriptTarget.Latest, true);
  const [users] = file.statements as unknown as [ts.ClassDeclaration];
  t.true(changesDataIn(ts, users.members[0] as ts.MethodDeclaration));
});

test("the text of a file is searched once, however many functions it has", (t) => {
  const functions = Array.from({ length: 50 }, (_, i) => `async function load${i}() {}`);
  const file = ts.createSourceFile("file.ts", functions.join("\n"), ts.ScriptTarget.Latest, true);
  const { text } = file;
  let searches = 0;
  Object.defineProperty(file, "text", { get: () => (searches++, text) });
  for (const one of file.statements) t.false(changesDataIn(ts, one as ts.FunctionDeclaration));
  t.is(searches, 1);
});
