import test from "ava";
import { nearest } from "../../../runtime/suggest";

const options = ["key", "ttl", "nullTtl", "tags", "namespace", "when", "codec", "batch", "cache"];

const words: readonly (readonly [word: string, near: string | null])[] = [
  ["tll", "ttl"],
  ["TTL", "ttl"],
  ["tag", "tags"],
  ["namspace", "namespace"],
  ["nullTTL", "nullTtl"],
  ["cahce", "cache"],
  ["bacth", "batch"],
  ["expires", null],
  ["x", null],
  ["", null],
];

for (const [word, near] of words) {
  test(`"${word}" is ${near ? `similar to ${near}` : "similar to nothing"}`, (t) =>
    t.is(nearest(word, options), near));
}
