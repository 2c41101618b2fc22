import { createRequire } from "node:module";
import { median, takeTurns } from "./rounds.mjs";
import { noise, own, yardstick } from "./contenders.mjs";

const require = createRequire(import.meta.url);
const perSlice = 20_000;

/**
 * Measures rows without a server. Each contender is a function of a counter. Its result is used, so
 * that it can't be optimised away.
 */
export function computeWorks() {
  const row = {
    id: 5,
    title: "A title",
    author: "An author",
    price: 12.5,
    stock: 3,
    labels: ["new", "paper"],
    created: new Date(1.7e12),
    changed: new Date(1.71e12),
  };
  const { structured } = require("../../dist/runtime/codecs/built-in-codecs.js").builtInCodecs;
  const text = Buffer.from(JSON.stringify(row));
  // The stores keep text in UTF-8.
  const encode = (value) => Buffer.from(structured.encode(value));
  const bytes = encode(row);
  const { byNumber, byNumberAndWord, byFilter } = require("../build/src/keys.js");
  const words = ["en", "fr", "de", "ja"];
  const filters = Array.from({ length: 64 }, (_, n) => ({
    org: n,
    page: { from: n * 10, size: 20 },
    sort: words[n % 4],
  }));
  const [one, two, nested] = [byNumber, byNumberAndWord, byFilter].map(keyBuilder);

  return [
    {
      name: "key-number",
      title: "key of (number)",
      goal: 1.2,
      [yardstick]: (n) => useText(numberByHand(n)),
      [own]: (n) => useText(one([n])),
    },
    {
      name: "key-word",
      title: "key of (number, string)",
      goal: 1.3,
      [yardstick]: (n) => useText(wordByHand(n, words[n & 3])),
      [own]: (n) => useText(two([n, words[n & 3]])),
    },
    {
      name: "key-nested",
      title: "key of (nested object)",
      goal: 1.5,
      [yardstick]: (n) => useText(filterByHand(filters[n & 63])),
      [own]: (n) => useText(nested([filters[n & 63]])),
    },
    {
      name: "encode",
      title: "structured, encode a row with dates",
      goal: 1.5,
      [yardstick]: () => Buffer.from(JSON.stringify(row)).length,
      [own]: () => encode(row).length,
    },
    {
      name: "decode",
      title: "structured, decode a row with dates",
      goal: 1.5,
      [yardstick]: () => JSON.parse(text.toString()).id,
      [own]: () => structured.decode(bytes).id,
    },
  ];
}

const numberByHand = (id) => `bench:by-number:${id}`;
const wordByHand = (id, language) => `bench:by-number-and-word:${id}-${language}`;
const filterByHand = ({ org, page, sort }) =>
  `bench:by-filter:${org}-${page.from}-${page.size}-${sort}`;

/** Builds keys as the read path does. */
function keyBuilder(cached) {
  const { boundPlan } = require("../../dist/runtime/loads/bound-plan.js");
  const { keyOf } = require("../../dist/runtime/loads/call-keys.js");
  // A declared function keeps no handle. It returns one when it is called with the inquiry as its
  // receiver.
  const inquiry = globalThis[Symbol.for("zcache.inquiry.1")];
  void cached.call(inquiry);
  const { source } = inquiry.answer;
  inquiry.answer = null;
  return (args) => keyOf(boundPlan(source), undefined, args);
}

/**
 * Uses a text. V8 copies concatenated text into one piece when a character of it is asked for, as
 * happens with every key that is used.
 */
function useText(text) {
  return text.charCodeAt(text.length - 1);
}

let sink = 0;

export async function measureCompute(work, { rounds }) {
  const slice = (compute) => () => {
    for (let n = 0; n < perSlice; n++) sink ^= compute(n);
  };
  const contenders = [yardstick, noise, own].map((name) => ({
    name,
    slice: slice(work[name] ?? work[yardstick]),
  }));
  const turns = await takeTurns(contenders, { rounds });
  const micros = (name) => (median(turns[name].map(({ wall }) => wall)) * 1000) / perSlice;
  return {
    turns,
    details: Object.fromEntries(contenders.map(({ name }) => [name, { p50: micros(name) }])),
  };
}
