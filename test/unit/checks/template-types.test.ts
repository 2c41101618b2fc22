import test from "ava";
import { checkSource } from "./check-source";

const org = `interface Org { id: number; address?: { city: string } }\n`;

function onFunction(directive: string, parameters = "org: Org"): string[] {
  return checkSource(`${org}// @zcache ${directive}, allow: [incomplete-key, never-invalidated-tag]
export async function users(${parameters}): Promise<number[]> { return []; }`);
}

test("a misspelt property is reported at its name, with the one that was meant", (t) => {
  t.deepEqual(onFunction(`key: "u:{org.adress}"`), [
    `2:25 adress: {org.adress} in key "u:{org.adress}" reads adress, which Org does not have. Did you mean address? [zcache/unknown-property]`,
  ]);
});

test("if none is similar, the properties are listed", (t) => {
  t.deepEqual(onFunction(`key: "u:{org.tenant}"`), [
    `2:25 tenant: {org.tenant} in key "u:{org.tenant}" reads tenant, which Org does not have. It has: id, address. [zcache/unknown-property]`,
  ]);
});

test("a step that may be missing is reported at what is missing, with the ?. that it needs", (t) => {
  t.deepEqual(onFunction(`key: "u:{org.address.city}"`), [
    `2:21 org.address: {org.address.city} in key "u:{org.address.city}" reads a property of org.address, which may be undefined. Write {org.address?.city}. [zcache/possibly-undefined]`,
  ]);
  t.deepEqual(onFunction(`key: "u:{org.address['city']}"`).length, 1);
  t.deepEqual(onFunction(`key: "u:{org.address?.city}"`), []);
});

test("without strictNullChecks nothing is reported as possibly missing", (t) => {
  const source = `${org}// @zcache key: "u:{org.address.city}"\nexport async function city(org: Org): Promise<string> { return org.address.city; }`;
  t.is(checkSource(source).length, 1);
  t.deepEqual(checkSource(source, { compilerOptions: { strict: false } }), []);
});

test("all problems of a template are reported in one run", (t) => {
  const found = onFunction(`key: "u:{org.idd}:{org.address.city}:{org.address?.cty}"`);
  t.deepEqual(
    found.map((one) => one.split(" ", 2).join(" ")),
    ["2:25 idd:", "2:31 org.address:", "2:63 cty:"],
  );
});

test("a placeholder with escapes in its template is reported at the whole template", (t) => {
  const [found] = onFunction(String.raw`key: "u\x3a{org.idd}"`);
  t.true(found?.startsWith(String.raw`2:17 "u\x3a{org.idd}": `), found);
});

test("tags and when are checked as keys are", (t) => {
  t.is(onFunction(`tags: ["org:{org.idd}"]`).length, 1);
  t.is(onFunction(`when: "result.size > org.idd"`).length, 2);
});

test("a value that can't be in a default key is named with its type, and a key without it is proposed", (t) => {
  t.deepEqual(onFunction("ttl: 1m", "org: Org, page: number, controller: AbortController"), [
    `2:4 @zcache: Parameter controller of users is an AbortController, which can't be part of a key. Leave it out with an explicit key: key: "users:{org}-{page}". [zcache/unkeyable-value]`,
  ]);
});

test("a part of a value is named by its path", (t) => {
  t.deepEqual(onFunction("ttl: 1m", "options: { deep: { onDone(): void }[] }"), [
    `2:4 @zcache: Parameter options of users has a function at options.deep[].onDone, which can't be part of a key. Leave it out with an explicit key: key: "users". [zcache/unkeyable-value]`,
  ]);
});

test("the parts of a list, an object and a condition are looked at one by one", (t) => {
  const parameters = "org: Org, run: () => void";
  const message = (part: string): string =>
    `run in key "u:{${part}}" is a function, which can't be part of a key. Call it, or name what identifies it. [zcache/unkeyable-value]`;
  t.deepEqual(onFunction(`key: "u:{[org.id, run]}"`, parameters), [
    `2:30 run: ${message("[org.id, run]")}`,
  ]);
  t.deepEqual(onFunction(`key: "u:{ {id: org.id, run: run} }"`, parameters), [
    `2:40 run: ${message(" {id: org.id, run: run} ")}`,
  ]);
  t.is(onFunction(`key: "u:{org ? run : 0}"`, parameters).length, 1);
});

test("any, unknown and type parameters are accepted", (t) => {
  for (const type of ["any", "unknown", "T"]) {
    t.deepEqual(
      checkSource(
        `// @zcache key: "x:{value}", allow: incomplete-key\nexport async function x<T>(value: ${type}, _: T[]): Promise<number> { return 1; }`,
      ),
      [],
    );
  }
  t.deepEqual(
    checkSource(
      `// @zcache key: "x:{value.a.b.c()}"\nexport async function x(value: any): Promise<number> { return value; }`,
    ),
    [],
  );
});

test("a directive can allow what is reported, and the plugin entry turn it off or down", (t) => {
  t.deepEqual(onFunction(`key: "u:{org.idd}"`).length, 1);
  const source = `${org}// @zcache key: "u:{org.id}:{org.idd}"\nexport async function users(org: Org): Promise<number> { return org.id; }`;
  t.is(checkSource(source).length, 1);
  t.deepEqual(checkSource(source.replace(`idd}"`, `idd}", allow: unknown-property`)), []);
  t.deepEqual(checkSource(source, { plugin: { checks: { "unknown-property": "off" } } }), []);
});

test("elements may be missing if the compiler says so, because nothing is known about them", (t) => {
  const source = `${org}// @zcache key: "u:{orgs[0].id}", allow: incomplete-key\nexport async function first(orgs: Org[]): Promise<number> { return orgs.length; }`;
  t.deepEqual(checkSource(source, { compilerOptions: { noUncheckedIndexedAccess: true } }), []);
  t.deepEqual(checkSource(source), []);
});
