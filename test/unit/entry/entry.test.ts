import test from "ava";
import fc from "fast-check";
import {
  createHeader,
  createStored,
  Entry,
  noTerms,
  parseStored,
} from "../../../runtime/entry/entry";
import { randomId } from "../../../runtime/entry/id";

const bytes = fc.uint8Array().map((array) => Buffer.from(array));
const versions = fc.array(
  fc
    .uint8Array({ minLength: 8, maxLength: 8 })
    .map((array) => Buffer.from(array).toString("latin1")),
);
const asBytes = (stored: Buffer | string): Buffer =>
  typeof stored === "string" ? Buffer.from(stored) : stored;

test("what was stored is what is read, whatever the payload's bytes", (t) => {
  const lookalikes = fc.oneof(
    bytes,
    bytes.map((tail) => Buffer.concat([Buffer.from("\0zc\x01", "latin1"), tail])),
    bytes.map((tail) => Buffer.concat([Buffer.from("\0zc\x02", "latin1"), tail])),
  );
  fc.assert(
    fc.property(lookalikes, versions, (payload, tagVersions) => {
      const stored = parseStored(
        asBytes(createStored(randomId(), { ...noTerms, versions: tagVersions }, payload)),
      );
      if (!(stored instanceof Entry)) return false;
      const standing = tagVersions.map((version) => Buffer.from(version, "latin1"));
      return stored.payload.equals(payload) && stored.isCurrent(standing);
    }),
  );
  t.pass();
});

test("an untagged payload is stored as it is", (t) => {
  const payload = Buffer.from('{"id":5}');
  t.is(createStored(randomId(), noTerms, payload), payload);
});

test("an empty payload has a header, so that it is not mistaken for a truncated entry", (t) => {
  t.is(createStored(randomId(), noTerms, Buffer.alloc(0)).length, 36);
});

test("a header that is cut off, of a newer format or with unknown flags is unreadable", (t) => {
  const stored = asBytes(
    createStored(randomId(), { ...noTerms, versions: [randomId()] }, Buffer.from("x")),
  );
  for (const length of [3, 4, 12, 35, 36, 43])
    t.is(parseStored(stored.subarray(0, length)), "unreadable", `${length} bytes`);
  const newer = Buffer.from(stored);
  newer[3] = 2;
  t.is(parseStored(newer), "unreadable");
  const flagged = Buffer.from(stored);
  flagged[33] = 0x81;
  t.is(parseStored(flagged), "unreadable");
});

test("a header alone is a lease", (t) => {
  const stored = parseStored(Buffer.from(createHeader(randomId(), 0, [])));
  t.true(stored !== "unreadable" && stored.payload === null);
});

test("an entry is current only while every version is there and equal", (t) => {
  const versions = [randomId(), randomId()];
  const entry = parseStored(
    asBytes(createStored(randomId(), { ...noTerms, versions }, "x")),
  ) as Entry;
  const [a, b] = versions.map((version) => Buffer.from(version)) as [Buffer, Buffer];
  t.true(entry.isCurrent([a, b]));
  t.false(entry.isCurrent([b, a]));
  t.false(entry.isCurrent([a, null]));
  t.false(entry.isCurrent([a]));
  t.false(entry.isCurrent([a, b, b]));
});

test("text is stored as the bytes of its UTF-8", (t) => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), versions, (payload, tagVersions) => {
      const terms = { ...noTerms, versions: tagVersions };
      const id = randomId();
      return asBytes(createStored(id, terms, payload)).equals(
        asBytes(createStored(id, terms, Buffer.from(payload))),
      );
    }),
  );
  t.is(createStored(randomId(), { ...noTerms, versions: ["abcdefgh"] }, "x").length, 45);
});
