import test from "ava";
import fc from "fast-check";
import { createHeader, createStored, isCurrent, noTerms, parseStored } from "../runtime/entry";
import { randomId } from "../runtime/random";

const bytes = fc.uint8Array().map((array) => Buffer.from(array));
const versions = fc.array(fc.uint8Array({ minLength: 8, maxLength: 8 }).map((array) => Buffer.from(array)));

test("what was stored is what is read, whatever the payload's bytes", (t) => {
  const lookalikes = fc.oneof(
    bytes,
    bytes.map((tail) => Buffer.concat([Buffer.from("\0zc\x01", "latin1"), tail])),
    bytes.map((tail) => Buffer.concat([Buffer.from("\0zc\x02", "latin1"), tail])),
  );
  fc.assert(
    fc.property(lookalikes, versions, (payload, tagVersions) => {
      const stored = parseStored(createStored(randomId(), { ...noTerms, versions: tagVersions }, payload));
      if (stored === "unreadable" || stored.payload === null) return false;
      return stored.payload.equals(payload) && isCurrent(stored.versions, tagVersions);
    }),
  );
  t.pass();
});

test("an untagged payload is stored as it is", (t) => {
  const payload = Buffer.from('{"id":5}');
  t.is(createStored(randomId(), noTerms, payload), payload);
});

test("an empty payload has a header, so that it is not taken for a truncated entry", (t) => {
  t.is(createStored(randomId(), noTerms, Buffer.alloc(0)).length, 36);
});

test("a header that is cut off, of a newer format or with unknown flags is unreadable", (t) => {
  const stored = createStored(randomId(), { ...noTerms, versions: [randomId()] }, Buffer.from("x"));
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
  const stored = parseStored(createHeader(randomId(), 0, []));
  t.true(stored !== "unreadable" && stored.payload === null);
});

test("an entry is current only while every version is there and equal", (t) => {
  const [a, b] = [randomId(), randomId()];
  const entry = [a, b];
  t.true(isCurrent(entry, [Buffer.from(a), Buffer.from(b)]));
  t.false(isCurrent(entry, [b, a]));
  t.false(isCurrent(entry, [a, null]));
  t.false(isCurrent(entry, [a]));
  t.false(isCurrent(entry, [a, b, b]));
});
