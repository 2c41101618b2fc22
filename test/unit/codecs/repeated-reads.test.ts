/**
 * Bytes that are read at a key again and again are decoded once. Each test is one job, so that the
 * garbage collector can't end what is remembered in the middle of it.
 */
import test from "ava";
import { builtInCodecs } from "../../../runtime/codecs/built-in-codecs";
import type { Codec } from "../../../runtime/codecs/codec";
import { findJoined, markJoined, type OneDecode } from "../../../runtime/codecs/one-decode";
import { findDecode } from "../../../runtime/codecs/repeated-reads";

const { json } = builtInCodecs;
let keys = 0;

function newKey(): string {
  return `repeated ${keys++}`;
}

/** Each read has a Buffer of its own. */
function bytesOf(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value));
}

function read(key: string, bytes: Buffer, codec: Codec = json): unknown {
  const one = findDecode(key, bytes, codec, true);
  return one ? one.own(codec, bytes) : codec.decode(bytes);
}

/** A codec that is built in, and counts what it decodes. */
function countDecodes(work: () => void): number {
  const codec = json as { decode: Codec["decode"] };
  const { decode } = codec;
  let decodes = 0;
  codec.decode = (payload) => (decodes++, decode(payload));
  try {
    work();
  } finally {
    codec.decode = decode;
  }
  return decodes;
}

const text = "x".repeat(5_000);
const tree = { text, list: [{ a: 1 }, { a: [2, 3] }] };

test("from the second read on, the same bytes are decoded once", (t) => {
  for (const value of [text, tree]) {
    const key = newKey();
    const decodes = countDecodes(() => {
      for (let i = 0; i < 5; i++) t.deepEqual(read(key, bytesOf(value)), value);
    });
    t.is(decodes, 2);
  }
});

test("a caller that changes its value changes nobody else's", (t) => {
  const key = newKey();
  for (let i = 0; i < 5; i++) {
    const own = read(key, bytesOf(tree)) as { text: string; list: { a: unknown }[] };
    t.deepEqual(own, tree);
    own.list.forEach((item) => (item.a = "changed"));
    own.text = "changed";
  }
});

test("other bytes at the key are decoded, though only one of them differs", (t) => {
  const key = newKey();
  for (const last of ["a", "b", "b", "a", "b", "b", "b"])
    t.is(read(key, bytesOf(text + last)), text + last);
});

test("callers that have joined a read decode what an earlier read has left", (t) => {
  const key = newKey();
  const decodes = countDecodes(() => {
    for (let i = 0; i < 3; i++) {
      const bytes = bytesOf(tree);
      markJoined(bytes);
      const results = [read(key, bytes), read(key, bytes), read(key, bytes)];
      for (const result of results) t.deepEqual(result, tree);
      t.is(new Set(results).size, 3);
    }
  });
  t.is(decodes, 1);
});

test("the callers of one read compare its bytes once", (t) => {
  const key = newKey();
  const first = bytesOf(tree);
  read(key, first);
  read(key, bytesOf(tree));
  const bytes = bytesOf(tree);
  markJoined(bytes);
  const found = Array.from({ length: 4 }, () => findDecode(key, bytes, json, true));
  t.is(new Set(found).size, 1);
  t.not(found[0], findJoined(bytes));
});

test("another codec decodes the same bytes for itself", (t) => {
  const key = newKey();
  for (let i = 0; i < 3; i++) {
    t.deepEqual(read(key, bytesOf(tree)), tree);
    t.deepEqual(read(key, bytesOf(tree), builtInCodecs.yaml), tree);
  }
});

test("a codec of the user's own decodes each time, whatever has been read before", (t) => {
  let decodes = 0;
  const own: Codec = {
    encode: () => "",
    decode: (payload) => (decodes++, payload),
  };
  const key = newKey();
  for (let i = 0; i < 3; i++) {
    const bytes = bytesOf(tree);
    t.is(read(key, bytes, own), bytes);
  }
  t.is(decodes, 3);
});

test("bytes in memory that may be written to again are decoded each time", (t) => {
  const key = newKey();
  const memory = bytesOf(tree);
  for (let i = 0; i < 3; i++) t.is(findDecode(key, memory.subarray(), json, false), null);
});

test("small payloads are decoded each time", (t) => {
  const key = newKey();
  for (let i = 0; i < 3; i++) t.is(findDecode(key, bytesOf("x"), json, true), null);
});

test("bytes that can't be decoded throw for each caller", (t) => {
  const key = newKey();
  for (let i = 0; i < 4; i++)
    t.throws(() => read(key, Buffer.from(`{"text":"${text}"`)), { instanceOf: SyntaxError });
});

test("a value that can't be copied is decoded for each caller", (t) => {
  const shared = { text };
  const key = newKey();
  const bytes = (): Buffer => Buffer.from(builtInCodecs.structured.encode([shared, shared]));
  const results = Array.from(
    { length: 4 },
    () => read(key, bytes(), builtInCodecs.structured) as [object, object],
  );
  for (const [one, other] of results) t.is(one, other);
  t.is(new Set(results.map(([one]) => one)).size, 4);
});

/** Reads the bytes at the key once more, and returns whether they were remembered. */
function isRemembered(key: string, bytes: Buffer): boolean {
  return findDecode(key, Buffer.from(bytes), json, true) !== null;
}

test("the keys that were read last are remembered, up to 64", (t) => {
  const bytes = bytesOf(text);
  const names = Array.from({ length: 65 }, newKey);
  for (const key of names) findDecode(key, bytes, json, true);
  t.true(isRemembered(names[1] as string, bytes));
  t.true(isRemembered(names[64] as string, bytes));
  t.false(isRemembered(names[0] as string, bytes));
});

test("16 MB are remembered, and nothing that is larger", (t) => {
  const third = Buffer.alloc(6 * 1024 * 1024, "1");
  const [first, second, last] = [newKey(), newKey(), newKey()];
  for (const key of [first, second, last]) findDecode(key, third, json, true);
  t.true(isRemembered(second, third));
  t.true(isRemembered(last, third));
  const larger = Buffer.alloc(17 * 1024 * 1024, "1");
  const key = newKey();
  const ask = (): OneDecode | null => findDecode(key, larger, json, true);
  t.is(ask(), null);
  t.is(ask(), null);
  t.true(isRemembered(last, third));
});
