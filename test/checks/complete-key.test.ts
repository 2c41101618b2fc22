import test from "ava";
import { checkSource, type SourceCheck } from "./check-source";

function inAccounts(directive: string, fields: string, reads: string, check: SourceCheck = {}): string[] {
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
  const found = inAccounts("", "private tenant: string, private locale: string", "this.tenant, this.locale");
  t.is(found.length, 2);
  t.true(found.every((one) => one.includes(`key: "Accounts.balance:{this.tenant}:{this.locale}:{id}"`)));
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
    inAccounts("", "private tenant: string", "this.tenant", { plugin: { checks: { "incomplete-key": grade } } });
  t.deepEqual(turned("off"), []);
  t.is(turned("hint").length, 1);
});

test("an object is the same as long as one of its properties tells which it is; options are not", (t) => {
  const withType = (name: string, key: string): string[] =>
    checkSource(`interface ${name} { id: number; page: number }
// @zcache key: "${key}"
export async function list(one: ${name}): Promise<string> { return \`\${one.id} \${one.page}\`; }`);
  t.deepEqual(withType("Book", "list:{one.id}"), []);
  t.is(withType("BookOptions", "list:{one.id}").length, 1);
  t.is(withType("Book", "list:{one.page}").length, 1);
  t.deepEqual(withType("BookOptions", "list:{one}"), []);
});

test("how many there are is no key, unless the body asks no more", (t) => {
  const list = (type: string, body: string): string[] =>
    checkSource(`// @zcache key: "list:{ids.size}"
export async function list(ids: ${type}): Promise<string> { return ${body}; }`);
  t.is(list("Set<string>", `[...ids].join()`).length, 1);
  t.deepEqual(list("Set<string>", "String(ids.size)"), []);
  t.deepEqual(list("{ size: number }", "String(ids.size)"), [], "a property that happens to be called so");
});
