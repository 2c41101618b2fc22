import { Readable } from "node:stream";
import test from "ava";
import { KeyError } from "../../../runtime/errors";
import { encodeToken as encodeArgument } from "../../../runtime/keys/token";
import { encode, encodeArguments, encodeTag, encodeTemplate } from "./encode";

class Plain {
  x = 1;
}

test("a value that can't be part of a key is named, with its place", (t) => {
  const cycle: Record<string, unknown> = { list: [] };
  (cycle["list"] as unknown[]).push({ "back-link": cycle });
  const self = { toJSON: (): unknown => self };
  const refused: [value: unknown, problem: string][] = [
    [() => 1, "is a function"],
    [Plain, "is a function"],
    [Symbol("a"), "is a symbol"],
    [Promise.resolve(), "is a promise"],
    [new Plain(), "is an instance of Plain without toJSON"],
    [new (class {})(), "is an object with a prototype of its own and without toJSON"],
    [
      Object.create({ inherited: 1 }),
      "is an object with a prototype of its own and without toJSON",
    ],
    [
      Object.create(Object.create(null)),
      "is an object with a prototype of its own and without toJSON",
    ],
    [new WeakMap(), "is an instance of WeakMap without toJSON"],
    [Readable.from([]), "is an instance of Readable without toJSON"],
    [new String("a"), "is an instance of String without toJSON"],
    [Object(1n), "is an instance of BigInt without toJSON"],
    [/a/, "is an instance of RegExp without toJSON"],
    [new TypeError("a"), "is an instance of TypeError without toJSON"],
    [new SharedArrayBuffer(1), "is an instance of SharedArrayBuffer without toJSON"],
    [new (class Ids extends Array {})(), "is an instance of Ids without toJSON"],
    [new (class Bag extends Map {})(), "is an instance of Bag without toJSON"],
    [new (class Bytes extends Uint8Array {})(1), "is an instance of Bytes without toJSON"],
    [{ filter: { onDone() {} } }, "has a function at .filter.onDone"],
    [{ "on-done": [1, () => 1] }, 'has a function at ["on-done"][1]'],
    [new Map([["a", { b: Symbol() }]]), "has a symbol at .get(a).b"],
    [new Map([[{ b: Symbol() }, 1]]), "has a symbol at .keys().b"],
    [new Set([new Plain()]), "has an instance of Plain without toJSON at .values()"],
    [{ a: { toJSON: () => ({ b: Plain }) } }, "has a function at .a.toJSON().b"],
    [{ [Symbol("a")]: 1 }, "has a property named by a symbol"],
    [{ a: Object.assign([1], { [Symbol("a")]: 1 }) }, "has a property named by a symbol at .a"],
    ["ab".match(/a/), "has properties besides its elements"],
    [
      { at: Object.assign(new Date(), { zone: "UTC" }) },
      "has properties besides its elements at .at",
    ],
    [Object.assign(new Set(), { x: 1 }), "has properties besides its elements"],
    [cycle, 'contains itself at .list[0]["back-link"]'],
    [self, "contains itself at .toJSON()"],
    [nested(100_000), "has more than 200 levels of nesting"],
    [new Array(2 ** 32 - 1), "has more than 1000 holes"],
  ];
  for (const [value, problem] of refused) {
    t.throws(() => encodeArguments("shop.feed.read", [1, value]), {
      instanceOf: KeyError,
      message: `Argument 2 of shop.feed.read ${problem}, which can't be part of a key. Leave it out with an explicit key template.`,
    });
  }
});

test("a value that is shared but not cyclic, or 200 levels deep, can be part of a key", (t) => {
  const shared = { a: 1 };
  t.is(encode([shared, shared]), "[{a:1},{a:1}]");
  t.is(encodeArgument(nested(200)), `${"[".repeat(200)}${"]".repeat(200)}`);
});

test("each public function says what it was given", (t) => {
  t.throws(() => encodeTemplate("f", ["a:", ":", ""], [1, { b: Plain }]), {
    instanceOf: KeyError,
    message:
      "Placeholder 2 in the key of f has a function at .b, which can't be part of a key. Use something that identifies it.",
  });
  t.throws(() => encodeTag("f", ["a:", ""], [Plain]), {
    instanceOf: KeyError,
    message:
      "Placeholder 1 in a tag of f is a function, which can't be part of a tag. Use something that names it.",
  });
});

test("an argument that can't be read is a KeyError with the cause", (t) => {
  const cause = new Error("not loaded");
  const lazy = {
    get profile() {
      throw cause;
    },
  };
  const error = t.throws(() => encodeArguments("f", [lazy]), { instanceOf: KeyError });
  t.is(error.message, "Argument 1 of f could not be read for a key: not loaded.");
  t.is(error.cause, cause);
});

function nested(levels: number): unknown[] {
  let array: unknown[] = [];
  for (let level = 1; level < levels; level++) array = [array];
  return array;
}
