import test from "ava";
import * as fc from "fast-check";
import { keyText, templateOf } from "../../../runtime/keys/key";
import {
  entryKeyOf,
  epochKeyOf,
  fenceKeyOf,
  invalidationKeysOf,
  tagNameOf,
  tagOfVersionKey,
  templateTextOf,
  versionKeyOf,
  wellFormed,
} from "../../../runtime/keys/key-names";

test("versions, fences and the epoch have names that end with a tilde", (t) => {
  t.is(versionKeyOf(null, "user:5"), "tag:user:5~");
  t.is(versionKeyOf("staging", "user:5"), "staging:tag:user:5~");
  t.is(fenceKeyOf("staging", "user"), "staging:tags:user~");
  t.is(epochKeyOf(null), "epoch~");
});

test("a tag is invalidated by its fence first, then by its version", (t) => {
  t.deepEqual(invalidationKeysOf("staging", "user:5:a"), [
    "staging:tags:user~",
    "staging:tag:user:5:a~",
  ]);
  t.deepEqual(invalidationKeysOf(null, "all"), ["tag:all~"]);
  t.deepEqual(invalidationKeysOf(null, ":a"), ["tags:~", "tag::a~"]);
});

test("an entry's key that would end with a tilde has one more character", (t) => {
  const table = {
    "tag:{x}": "tag:{x}",
    "a~": "a~%",
    "a%": "a%%",
    "a~%": "a~%%",
    "a~b": "a~b",
    "": "",
  };
  for (const [text, key] of Object.entries(table)) t.is(entryKeyOf(text), key, text);
  fc.assert(fc.property(text(), (made) => templateTextOf(entryKeyOf(made)) === wellFormed(made)));
});

test("the tag is in the name of its version", (t) => {
  for (const tag of ["user:5", "tag:x", "a~", "ends with ~~"]) {
    t.is(tagOfVersionKey(versionKeyOf(null, tag)), tag);
    t.is(tagOfVersionKey(versionKeyOf("staging", tag)), tag);
  }
  for (const key of ["tag:user:5", "tags:user~", "epoch~", "f|5"])
    t.is(tagOfVersionKey(key), null, key);
});

test("a tag above a kilobyte is stored under its hash, whatever it is made of, and a shorter one under its text", (t) => {
  t.is(tagNameOf("x".repeat(1_024)), "x".repeat(1_024));
  t.regex(tagNameOf("x".repeat(1_025)), /^#[0-9a-f]{40}$/);
  t.is(tagNameOf("日".repeat(341)), "日".repeat(341));
  t.regex(tagNameOf("日".repeat(342)), /^#[0-9a-f]{40}$/);
  t.not(tagNameOf("a:" + "x".repeat(70_000)), tagNameOf("b:" + "x".repeat(70_000)));
  t.is(tagNameOf(tagNameOf("x".repeat(1_025))), tagNameOf("x".repeat(1_025)));
});

test("a lone surrogate becomes what it is in UTF-8, in tags, namespaces and keys", (t) => {
  t.is(tagNameOf("a\ud83d"), "a\ufffd");
  t.is(versionKeyOf("n\ud83d", "a\udc00"), "n\ufffd:tag:a\ufffd~");
  t.is(entryKeyOf("\ud83d:5"), "\ufffd:5");
  t.is(tagNameOf("👍"), "👍");
});

/** Makes texts of the characters that names are made of, and of all others. */
function text(): fc.Arbitrary<string> {
  const piece = fc.constantFrom(
    "tag",
    "tags",
    "epoch",
    ":",
    "~",
    "%",
    "~%",
    "%%",
    "|",
    "#",
    "a",
    "5",
    "-",
    '"',
    "\ud83d",
  );
  const made = fc.array(piece, { maxLength: 6 }).map((pieces) => pieces.join(""));
  return fc.oneof(made, fc.string({ unit: "binary", maxLength: 6 }));
}

/** Makes a value of any kind that a key may have. */
function value(): fc.Arbitrary<unknown> {
  const leaf = fc.oneof(
    text(),
    fc.integer(),
    fc.double(),
    fc.bigInt(),
    fc.boolean(),
    fc.constantFrom(null, undefined),
  );
  const list = fc.array(leaf, { maxLength: 3 });
  const pairs = fc.array(fc.tuple(leaf, leaf), { maxLength: 3 });
  return fc.oneof(
    { weight: 4, arbitrary: leaf },
    list,
    list.map((items) => new Set(items)),
    pairs.map((entries) => new Map(entries)),
    fc.uint8Array({ maxLength: 3 }),
    fc.date(),
  );
}

test("no namespace, template, argument and tag make the key of an entry that of a version, a fence or the epoch", (t) => {
  const spaces = fc.array(text(), { maxLength: 2 });
  const given = fc.array(value(), { maxLength: 3 });
  const names = fc.tuple(fc.option(text()), text());
  const property = fc.property(
    spaces,
    fc.array(text()),
    given,
    names,
    (namespaces, more, args, [namespace, tag]) => {
      const prefix = namespaces.map((space) => `${space}:`).join("");
      const texts = [...args, ""].map((_, i) => more[i] ?? "");
      const made = [
        keyText(prefix, templateOf(texts), "f", undefined, args),
        keyText(`${prefix}shop.f|`, { arguments: args.length }, "f", undefined, args),
      ];
      const own = [versionKeyOf(namespace, tag), fenceKeyOf(namespace, tag), epochKeyOf(namespace)];
      // The client's keyPrefix is in front of all of them, so that only their ends can make them
      // different.
      return made.every((key) => !key.endsWith("~")) && own.every((key) => key.endsWith("~"));
    },
  );
  t.notThrows(() => fc.assert(property, { numRuns: 2_000 }));
});
