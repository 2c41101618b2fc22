import test from "ava";
import fc from "fast-check";
import { TextLines } from "../../../transformer/language-server/text-lines";

test("positions are lines that end at \\n, \\r\\n or \\r, and characters in UTF-16", (t) => {
  const text = "a\r\nbé😀\n\rc\u2028d";
  const lines = new TextLines(text);
  t.deepEqual(lines.rangeOf({ start: text.indexOf("😀"), end: text.indexOf("d") }), {
    start: { line: 1, character: 2 },
    end: { line: 3, character: 2 },
  });
  t.is(lines.offsetAt({ line: 0, character: 99 }), 1);
  t.is(lines.offsetAt({ line: 99, character: 0 }), text.length);
});

test("each offset that is not inside a line's end has one position", (t) => {
  const texts = fc
    .array(fc.constantFrom("a", "\n", "\r", "\r\n", "é", "\u2029"))
    .map((parts) => parts.join(""));
  fc.assert(
    fc.property(texts, (text) => {
      const lines = new TextLines(text);
      for (let at = 0; at <= text.length; at++) {
        if (text.slice(at - 1, at + 1) === "\r\n") continue;
        t.is(lines.offsetAt(lines.rangeOf({ start: at, end: at }).start), at);
      }
    }),
  );
});
