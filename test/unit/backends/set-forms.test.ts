import test from "ava";
import { SetForms } from "../../../runtime/backends/redis/set-forms";

/**
 * A client whose table says which node of a Cluster has a key, and nodes that carry out a form or
 * refuse it.
 */
function createForms(table: Record<string, string>, refusing: readonly string[]) {
  const forms = new SetForms((key) => table[key] ?? "");
  const asked: string[] = [];
  /** @param redirected changes the table, as a client does when it learns that a slot has moved */
  const attempt = (key: string, redirected = (): void => {}): Promise<string> =>
    forms.attempt(
      "readOrLease",
      key,
      async () => {
        redirected();
        const node = table[key] as string;
        asked.push(node);
        if (refusing.includes(node))
          throw Object.assign(new Error("ERR syntax error"), { name: "ReplyError" });
        return node;
      },
      (reply) => `carried out by ${reply as string}`,
      async () => "done otherwise",
    );
  return { forms, attempt, asked };
}

test("each node is asked by itself", async (t) => {
  const { attempt, asked } = createForms({ a: "old", b: "new" }, ["old"]);
  for (let i = 0; i < 3; i++) {
    t.is(await attempt("a"), "done otherwise");
    t.is(await attempt("b"), "carried out by new");
  }
  t.deepEqual(asked, ["old", "new", "new", "new"]);
});

test("one command at a time asks a node, and another node can be asked meanwhile", async (t) => {
  const { attempt } = createForms({ a: "one", b: "two" }, []);
  t.deepEqual(await Promise.all([attempt("a"), attempt("a"), attempt("b")]), [
    "carried out by one",
    "done otherwise",
    "carried out by two",
  ]);
  t.deepEqual(await Promise.all([attempt("a"), attempt("a")]), [
    "carried out by one",
    "carried out by one",
  ]);
});

test("the node that a command was redirected to is the one that has answered", async (t) => {
  const table = { moved: "new", stays: "new", other: "old" };
  const { attempt, asked } = createForms(table, ["old"]);
  t.is(await attempt("moved", () => (table.moved = "old")), "done otherwise");
  t.is(await attempt("other"), "done otherwise");
  t.is(await attempt("stays"), "carried out by new");
  t.deepEqual(asked, ["old", "new"]);
});

test("a node that carries out what another one was asked is known to do so", async (t) => {
  const table = { moved: "old", stays: "old", other: "new" };
  const { attempt, asked } = createForms(table, ["old"]);
  t.is(await attempt("moved", () => (table.moved = "new")), "carried out by new");
  t.deepEqual(await Promise.all([attempt("other"), attempt("other")]), [
    "carried out by new",
    "carried out by new",
  ]);
  t.is(await attempt("stays"), "done otherwise");
  t.deepEqual(asked, ["new", "new", "new", "old"]);
});

test("after a new connection every node is asked again", async (t) => {
  const refusing = ["node"];
  const { forms, attempt } = createForms({ a: "node" }, refusing);
  t.is(await attempt("a"), "done otherwise");
  refusing.length = 0;
  t.is(await attempt("a"), "done otherwise");
  forms.askAgain();
  t.is(await attempt("a"), "carried out by node");
});
