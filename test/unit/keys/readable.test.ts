import vm from "node:vm";
import test from "ava";
import { encodeToken as encodeArgument } from "../../../runtime/keys/token";
import { encode, spelledUuid, uuid } from "./encode";

const readable: [args: unknown[], text: string][] = [
  [[5, 6], "5-6"],
  [[5, -6], "5--6"],
  [[-0, 0], "-0-0"],
  [[1.5, 1e21, 1e-7, -1.5e-10], "1.5-1e+21-Number(1e-7)-Number(-1.5e-10)"],
  [[0.000001, 123456789012345680000], "0.000001-123456789012345680000"],
  [[NaN, Infinity, -Infinity], "NaN-Infinity--Infinity"],
  [[5n, -5n], "5n--5n"],
  [[true, false, null], "true-false-null"],
  [[], ""],
  [[undefined], ""],
  [[1, undefined, undefined], "1"],
  [[undefined, 1], "undefined-1"],
  [["alice"], "alice"],
  [["bob@example.com"], "bob@example.com"],
  [["Zoë"], "Zoë"],
  [["Zoe\u0308"], "Zoe\u0308"],
  [["日本"], "日本"],
  [[uuid], uuid],
  [[uuid.toUpperCase(), 1], `${uuid.toUpperCase()}-1`],
  [[spelledUuid], `"${spelledUuid}"`],
  [["abcdefab", 1234, "abcd", 4321, "abcdefabcdef"], spelledUuid],
  [[`${uuid}0`], `"${uuid}0"`],
  [["a-b", "c"], '"a-b"-c'],
  [["a", "b-c"], 'a-"b-c"'],
  [[""], '""'],
  [["5"], '"5"'],
  [["null", "Date", "json", "Float16Array"], '"null"-"Date"-"json"-"Float16Array"'],
  [["nullable", "date"], "nullable-date"],
  [['a "b"\n'], '"a \\"b\\"\\n"'],
  [["\ud800"], '"\\ud800"'],
  [[new Date(0), new Date(NaN)], "Date(0)-Date(NaN)"],
  [[[1, "a", [undefined]]], "[1,a,[undefined]]"],
  [[[, 1, ,]], "[_,1,_]"],
  [[{ b: 2, a: 1, "a-b": { 5: null } }], '{a:1,"a-b":{"5":null},b:2}'],
  [[{ a: undefined }, {}], "{a:undefined}-{}"],
  [[Object.assign(Object.create(null), { a: 1 })], "{a:1}"],
  [
    [
      new Map<unknown, unknown>([
        ["b", 1],
        [{ x: 1 }, 2],
      ]),
    ],
    "Map{b=>1,{x:1}=>2}",
  ],
  [[new Set(["b", "a", 1])], "Set{b,a,1}"],
  [[new Uint8Array([1, 2]), Buffer.from([1, 2])], "Uint8Array(AQI)-Buffer(AQI)"],
  [
    [new Uint16Array([1]), new DataView(new ArrayBuffer(2)), new ArrayBuffer(1)],
    "Uint16Array(AQA)-DataView(AAA)-ArrayBuffer(AA)",
  ],
  [[new URL("https://a.b/c")], 'json("https://a.b/c")'],
  [[{ toJSON: () => 5 }], "json(5)"],
];

test("arguments are readable, and quoted only where they must be", (t) => {
  for (const [args, text] of readable) t.is(encode(...args), text);
});

test("the values of another realm are those of this one", (t) => {
  const values = vm.runInNewContext(
    "[{ a: [1] }, new Date(5), new Map([[1, 2]]), new Set([1]), new Uint8Array([1, 2])]",
  ) as unknown[];
  t.is(encode(...values), "{a:[1]}-Date(5)-Map{1=>2}-Set{1}-Uint8Array(AQI)");
});

test("a view is its own bytes, not those of the memory around it", (t) => {
  t.is(encodeArgument(new Uint8Array([9, 1, 2, 9]).subarray(1, 3)), "Uint8Array(AQI)");
});

test("the name of a class is not part of a key", (t) => {
  class Money {
    constructor(readonly amount: number) {}
    toJSON() {
      return { amount: this.amount };
    }
  }
  const Renamed = class extends Money {};
  t.is(encode(new Money(5)), "json({amount:5})");
  t.is(encode(new Renamed(5)), "json({amount:5})");
});
