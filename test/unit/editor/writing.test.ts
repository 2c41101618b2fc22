import test from "ava";
import { optionsIn, writingAt } from "../../../transformer/editor/writing";

/** Returns what is being written at the place of the bar. */
const cases: Record<string, string> = {
  " |": "option ''",
  " tt|": "option 'tt'",
  " ttl: 10m, |": "option ''",
  " ttl: 10m, ta|": "option 'ta'",
  " batch, co|": "option 'co'",
  " { ttl: 10m, na|": "option 'na'",
  ' "user:{id}", t|': "option 't'",
  ' tags: ["user:{id}"], |': "option ''",
  " ttl: |": "value of ttl ''",
  " ttl: 1|": "value of ttl '1'",
  " codec: st|, ttl: 1h": "value of codec 'st'",
  " allow: incomplete-k|": "value of allow 'incomplete-k'",
  " allow: [shared-key, incomplete-k|": "value of allow 'incomplete-k'",
  ' key: "user:{|': "expression of key ''",
  ' "user:{i|': "expression of key 'i'",
  " key: 'user:{org.|": "expression of key 'org.'",
  ' tags: ["user:{id}", "org:{org.i|"]': "expression of tags 'org.i'",
  ' key: "a\\"{i|': "expression of key 'i'",
  ' when: "result.le|': "expression of when 'result.le'",
  " when: result.le|": "expression of when 'result.le'",
  ' ttl: "{result.ma|': "expression of ttl 'result.ma'",
  " ttl: result.l|": "expression of ttl 'result.l'",
  ' key: "user:|': "nothing",
  ' key: "{{|': "nothing",
  ' tags: ["user:{id}|': "nothing",
  "\n   |": "option ''",
  "\n   ttl: 10m\n   ta|": "option 'ta'",
  "\n   ttl: |": "value of ttl ''",
  '\n   tags:\n     - "user:{id}"\n     - "org:{org.|': "expression of tags 'org.'",
  "\n   tags:\n     - user:{|": "expression of tags ''",
  '\n   tags: ["a:{id}",\n     "b:{i|': "expression of tags 'i'",
};

for (const [text, expected] of Object.entries(cases)) {
  test(JSON.stringify(text), (t) => {
    const writing = writingAt(text.slice(0, text.indexOf("|")));
    if (!writing) return t.is("nothing", expected);
    const { kind } = writing;
    const what = kind === "option" ? "option" : `${kind} of ${writing.option}`;
    return t.is(`${what} '${kind === "expression" ? writing.text : writing.typed}'`, expected);
  });
}

test("the options of a text are found even if it ends in the middle", (t) => {
  t.deepEqual([...optionsIn(' ttl: 10m, batch, tags: ["a", "b:{')], ["ttl", "batch", "tags"]);
  t.deepEqual([...optionsIn("\n  ttl: 10m\n  batch:\n  codec: json")], ["ttl", "batch", "codec"]);
});
