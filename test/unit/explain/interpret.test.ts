import test from "ava";
import ts from "typescript";
import { parseExpression } from "../../../transformer/directive/expression";
import { interpret } from "../../../transformer/explain/interpret";

const names: [string, unknown][] = [
  ["id", 5],
  ["slug", " A Post "],
  [
    "user",
    {
      id: 7,
      name: "Bob",
      org: { id: 3 },
      tags: ["b", "a"],
      none: null,
      __proto__: { inherited: 1 },
    },
  ],
  ["ids", [3, 1, 2]],
  ["when", new Date(0)],
  ["roles", new Map([["a", 1]])],
  ["kinds", new Set(["x", "y"])],
  ["big", 5n],
  ["secret", () => "never called by a name of the data"],
];

function evaluate(text: string): unknown {
  const parsed = parseExpression(ts, text);
  if ("why" in parsed) throw new Error(parsed.why);
  return interpret(ts, parsed.node, new Map(names.filter(([name]) => name !== "secret")));
}

test("placeholders mean what the language means", (t) => {
  const expressions = [
    "id",
    "id + 1",
    "(-id) ** 2 % 7",
    "`${id}-${slug.trim()}`",
    'slug.trim().toLowerCase().replaceAll(" ", "-")',
    "slug.replace(/\\s+/g, '_')",
    "user.org?.id ?? 'none'",
    "user.none?.id.deep",
    "user['name'].at(-1)",
    "user.missing",
    "ids.length > 2 ? 'many' : ids[0]",
    "[...ids].sort().join('-')",
    "ids.map((one, i) => one * i).filter((one) => one > 0)",
    "ids.reduce((sum, one) => sum + one, 0)",
    "user.tags.includes('a') && !user.none",
    "({ a: id, ...user.org, [slug.trim()]: 1 })",
    "[...kinds, ...roles.keys()]",
    "roles.get('a')",
    "kinds.size",
    "when.toISOString().slice(0, 10)",
    "when.getUTCFullYear()",
    "String(big) + typeof big",
    "Math.max(...ids)",
    "Number.isInteger(id) || parseInt('12px', 10)",
    "JSON.stringify(user.org)",
    "Object.keys(user.org).join()",
    "Object.entries(user.org).map(([name, value]) => `${name}=${value}`)",
    "encodeURIComponent(slug)",
    "id === 5 && id != '6'",
    "(id & 4) | 1",
    "undefined ?? null",
  ];
  for (const text of expressions) {
    const value = evaluate(text);
    // oxlint-disable-next-line typescript/no-implied-eval, no-new-func -- what is compared with is the language itself
    const expected: unknown = new Function(...names.map(([name]) => name), `return (${text});`)(
      ...names.map(([, one]) => one),
    );
    t.deepEqual(value, expected, text);
  }
});

test("nothing of the language can be reached from a placeholder, and nothing takes long", (t) => {
  const hostile = [
    "user.constructor",
    "user.constructor.constructor('return process')()",
    "user['constr' + 'uctor']",
    "user.__proto__",
    "user.inherited.constructor",
    "id.constructor",
    "slug.constructor.constructor('return 1')()",
    "ids.map.constructor",
    "[].filter.constructor('return 1')()",
    "(() => 1).constructor",
    "ids.map((one) => one).constructor",
    "Object.getPrototypeOf(user)",
    "Object.assign(user, { a: 1 })",
    "String.fromCharCode(1)",
    "String.raw",
    "process.env",
    "globalThis",
    "require('fs')",
    "user.toString()",
    "user.hasOwnProperty('a')",
    "slug.at.call(1)",
    "ids.push(1)",
    "roles.set('b', 2)",
    "roles.clear()",
    "when.setTime(5)",
    "id in user",
    "user instanceof Object",
    "'x'.repeat(1e9)",
    "'x'.padEnd(1e9)",
    "'x'.padEnd(-1e9) + 'x'.repeat(1e8)",
    "'ab'.repeat(1000).replaceAll('', 'x'.repeat(100000))",
    "2n ** 100000000n",
    "1n << 100000000n",
    `[1]${".map((one) => [one, one, one, one])".repeat(20)}.join()`,
    `JSON.stringify([1]${".map((one) => [one, one, one, one])".repeat(20)})`,
    "ids.map(() => ids.map(() => ids.map(() => ids.map(() => ids.map(() => ids.map(() => ids.map(() => ids.map(() => ids.map(() => ids.map(() => ids.map(() => 1)))))))))))",
    "'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!'.replace(/(a+)+$/, '')",
    "'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!'.replace(/(a|a)*$/, '')",
    "Array.from({ length: 1e9 })",
    "`${{ toString: () => 'x' }}`",
  ];
  for (const text of hostile) {
    // The interpreter counts steps and what it makes, so that none of these expressions takes long
    // or fills memory.
    const error: unknown = t.throws(() => evaluate(text), { any: true }, text);
    t.is((error as object).constructor.name, "CantBeShown", text);
  }
  t.is((globalThis as { pwned?: unknown }).pwned, undefined);
});

test("the name of a property in a spread or an object literal does not change a prototype", (t) => {
  const made = evaluate('({ "__proto__": { isAdmin: true } })') as { isAdmin?: boolean };
  t.is(made.isAdmin, undefined);
  t.is(Object.getPrototypeOf(made), Object.prototype);
});
