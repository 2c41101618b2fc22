import { createHash } from "node:crypto";
import test from "ava";
import { encodeToken as encodeArgument } from "../../../runtime/keys/token";
import { encode, encodeTemplate } from "./encode";

test("above 200 bytes the arguments are the hash of their text", (t) => {
  const hash = (text: string) => `#${createHash("sha256").update(text).digest("hex").slice(0, 40)}`;
  t.is(encode("x".repeat(200)), "x".repeat(200));
  t.is(encode("x".repeat(201)), hash("x".repeat(201)));
  t.is(encode("é".repeat(100)), "é".repeat(100));
  t.is(encode("é".repeat(101)), hash("é".repeat(101)));
  t.is(encode("x".repeat(150), "y".repeat(60)), hash(`${"x".repeat(150)}-${"y".repeat(60)}`));
  t.is(encodeArgument("x".repeat(201)), "x".repeat(201));
});

test("arguments that differ in a lone surrogate have different hashes", (t) => {
  const texts = ["\ud800", "\ud801", "\udc00", "\ufffd"].map((unit) => encode(unit.repeat(100)));
  t.true(texts.every((text) => text.startsWith("#")));
  t.is(new Set(texts).size, 4);
});

test("in a template each long value is a hash by itself", (t) => {
  const long = "x".repeat(201);
  const hash = encode(long);
  t.is(encodeTemplate("f", ["user:", ":", "", ""], [long, 5, long]), `user:${hash}:(5)${hash}`);
  t.is(encodeTemplate("f", ["", "a"], [long]), `(${hash})a`);
  const short = "x".repeat(150);
  t.is(encodeTemplate("f", ["", ":", ""], [short, short]), `${short}:${short}`);
});
