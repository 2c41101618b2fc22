import test from "ava";
import { checkSource, type SourceCheck } from "./check-source";

function inAccounts(
  directive: string,
  fields: string,
  reads: string,
  check: SourceCheck = {},
): string[] {
  const source = `declare function get(...values: unknown[]): Promise<string>;
export class Accounts { constructor(${fields}) {}
// @zcache ${directive}
async balance(id: number): Promise<string> { return get(${reads}, id); } }`;
  return checkSource(source, check);
}

test("the message names the value, and the key that the default one becomes", (t) => {
  t.deepEqual(inAccounts("", "private tenant: string", "this.tenant"), [
    `3:4 @zcache: Accounts.balance reads this.tenant, which is not part of its key: two values of this.tenant would share an entry. The default key has the arguments only: write key: "Accounts.balance:{this.tenant}:{id}". [zcache/incomplete-key]`,
  ]);
});

test("an explicit key is shown with what it lacks", (t) => {
  t.deepEqual(inAccounts(`key: "balance:{id}"`, "private tenant: string", "this.tenant"), [
    `3:17 "balance:{id}": Accounts.balance reads this.tenant, which is not part of its key: two values of this.tenant would share an entry. Add {this.tenant} to the key, as in key: "balance:{id}:{this.tenant}". [zcache/incomplete-key]`,
  ]);
});

test("of two missing values each is reported, and the suggested key has both", (t) => {
  const found = inAccounts(
    "",
    "private tenant: string, private locale: string",
    "this.tenant, this.locale",
  );
  t.is(found.length, 2);
  t.true(
    found.every((one) => one.includes(`key: "Accounts.balance:{this.tenant}:{this.locale}:{id}"`)),
  );
});

test("the suggested key takes a destructured parameter by its position, and leaves out what can't be a key", (t) => {
  const source = `declare function get(...values: unknown[]): Promise<string>;
export class Pages { constructor(private tenant: string) {}
// @zcache
async page({ no }: { no: number }, signal: { abort(): void }): Promise<string> { return get(this.tenant, no, signal); } }`;
  t.true(checkSource(source).some((one) => one.includes(`key: "Pages.page:{this.tenant}:{0}"`)));
});

test("the check is turned off in the directive, and off or down in the plugin entry", (t) => {
  t.deepEqual(inAccounts("allow: incomplete-key", "private tenant: string", "this.tenant"), []);
  const turned = (grade: string): string[] =>
    inAccounts("", "private tenant: string", "this.tenant", {
      plugin: { checks: { "incomplete-key": grade } },
    });
  t.deepEqual(turned("off"), []);
  t.is(turned("hint").length, 1);
});

test("an object is known by one property that identifies it; options are not", (t) => {
  const withType = (name: string, key: string): string[] =>
    checkSource(`interface ${name} { id: number; page: number }
// @zcache key: "${key}"
export async function list(one: ${name}): Promise<string> { return \`\${one.id} \${one.page}\`; }`);
  t.deepEqual(withType("Book", "list:{one.id}"), []);
  t.is(withType("BookOptions", "list:{one.id}").length, 1);
  t.is(withType("Book", "list:{one.page}").length, 1);
  t.deepEqual(withType("BookOptions", "list:{one}"), []);
});

test("a number of elements is not a key, unless the body reads nothing else", (t) => {
  const list = (type: string, body: string): string[] =>
    checkSource(`// @zcache key: "list:{ids.size}"
export async function list(ids: ${type}): Promise<string> { return ${body}; }`);
  t.is(list("Set<string>", `[...ids].join()`).length, 1);
  t.deepEqual(list("Set<string>", "String(ids.size)"), []);
  t.deepEqual(
    list("{ size: number }", "String(ids.size)"),
    [],
    "a property that happens to be called so",
  );
});

test("a chain of thousands of operators is examined to its end", (t) => {
  const chain = (value: string, operator: string): string =>
    Array.from({ length: 6_000 }, () => value).join(operator);
  const inLoader = (text: string): number =>
    checkSource(`declare function all(...values: unknown[]): Promise<string>;
export class Accounts { constructor(private readonly tenant: string) {}
// @zcache ttl: 5m
async balance(id: number): Promise<string> { return all(id, ${text}); } }`).length;
  t.is(inLoader(`${chain('"a"', " + ")} + this.tenant`), 1);
  t.is(inLoader(`this.tenant + ${chain('"a"', " + ")}`), 1);
  t.is(inLoader(chain("id", " + ")), 0);
});

test("the message names the path that is read of an object, because the object itself may not fit into a key", (t) => {
  const accounts = (directive: string, reads: string): string[] =>
    checkSource(`declare function get(...values: unknown[]): Promise<string>;
class Store { constructor(public loads: number, public name: string) {} }
export class Accounts { constructor(private readonly store: Store) {}
// @zcache ${directive}
async balance(id: number): Promise<string> { return get(${reads}, id); } }
export const both = [new Accounts(new Store(1, "a")), new Accounts(new Store(2, "b"))];`);
  const [one = ""] = accounts("", "this.store.loads");
  t.true(
    one.includes(`reads this.store.loads, which`) &&
      one.includes(`"Accounts.balance:{this.store.loads}:{id}"`),
  );
  const [two = ""] = accounts("", "this.store.loads, this.store.name");
  t.true(two.includes(`"Accounts.balance:{this.store.loads}:{this.store.name}:{id}"`), two);
  t.deepEqual(accounts(`key: "a:{this.store.loads}:{id}"`, "this.store.loads"), []);
  const [refused = "", ...others] = accounts(`key: "a:{this.store}:{id}"`, "this.store.loads");
  t.true(
    refused.includes("is an instance of Store without toJSON") &&
      refused.endsWith("[zcache/unkeyable-value]"),
  );
  t.deepEqual(others, []);
});

test("a value that is read through the program's functions is reported with each of them", (t) => {
  const source = `import { AsyncLocalStorage } from "node:async_hooks";
const requestContext = new AsyncLocalStorage<{ tenant: string }>();
const store = () => requestContext.getStore()!;
function tenant(): string { return store().tenant; }
// @zcache
export async function price(id: number): Promise<string> { return tenant() + id; }`;
  t.deepEqual(checkSource(source), [
    "5:4 @zcache: price calls tenant, which calls store, which reads the AsyncLocalStorage requestContext: an entry is made for the first caller, and all others get it. Read it before the call, and pass the part that is needed as an argument. [zcache/caller-context]",
  ]);
});

test("a default that is evaluated with each call is not advised to be added to the key, which changing-default refuses", (t) => {
  const [found = "", ...others] = checkSource(`declare function currentTenant(): string;
// @zcache key: "price:{id}"
export async function price(id: number, tenant = currentTenant()): Promise<string> { return tenant + id; }`);
  t.deepEqual(others, []);
  t.true(
    found.includes(
      `evaluated again at each call: let the caller pass tenant, and add it to the key. [zcache/`,
    ),
  );
});
