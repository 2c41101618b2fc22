import test from "ava";
import {
  anyText,
  intersects,
  type OpenPart,
  type TextPattern,
} from "../../../transformer/checks/tags/text-pattern";

const digits: OpenPart = { first: /\d/, further: /\d/, optional: false };
const words: OpenPart = { first: /[a-z]/, further: /[a-z.]/, optional: false };

const rows: readonly (readonly [TextPattern, TextPattern, boolean])[] = [
  [["user:5"], ["user:5"], true],
  [["user:5"], ["usr:5"], false],
  [["user:", anyText], ["user:5"], true],
  [["user:", anyText], ["user:"], true],
  [["user:", digits], ["user:"], false],
  [["user:", digits], ["user:5x"], false],
  [["user:", digits], ["user:", words], false],
  [["user:", digits], ["user:", digits, ":posts"], false],
  [["user:", anyText], ["user:", digits, ":posts"], true],
  [[anyText, ":5"], ["user:", digits], true],
  [[anyText, ":x"], ["user:", digits], false],
  [[words, ":", digits], ["user:5"], true],
  [[words, ":", digits], ["user:name"], false],
  [["a", anyText, "b", anyText, "c"], ["a", anyText, "c"], true],
  [["a", anyText, "b"], ["b", anyText, "a"], false],
  [[anyText, anyText], [], true],
  [[words, words], ["a"], false],
  [[], [], true],
];

test("two patterns intersect when a text is in both, whichever comes first", (t) => {
  for (const [a, b, expected] of rows) {
    t.is(intersects(a, b), expected, `${JSON.stringify(a)} ${JSON.stringify(b)}`);
    t.is(intersects(b, a), expected, `${JSON.stringify(b)} ${JSON.stringify(a)}`);
  }
});

test("many open parts are decided at once", (t) => {
  const many = Array.from({ length: 60 }, () => [anyText, "a"]).flat();
  t.false(intersects([...many, "b"], [...many, "c"]));
});
