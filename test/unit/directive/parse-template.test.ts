import test from "ava";
import { parseTemplate } from "../../../transformer/directive/parse-template";

const templates: readonly (readonly [
  template: string,
  texts: readonly string[],
  placeholders: readonly string[],
])[] = [
  ["", [""], []],
  ["all", ["all"], []],
  ["user:{id}", ["user:", ""], ["id"]],
  ["{0}-{1}", ["", "-", ""], ["0", "1"]],
  ["{ org.id }", ["", ""], ["org.id"]],
  ["{{literal}}", ["{literal}"], []],
  ["{{{id}}}", ["{", "}"], ["id"]],
  ["{a ? '}' : \"{\"}", ["", ""], ["a ? '}' : \"{\""]],
  ["{f({ a: [1] })}!", ["", "!"], ["f({ a: [1] })"]],
  ["{`}`}", ["", ""], ["`}`"]],
  ["{a + '\\'}'}", ["", ""], ["a + '\\'}'"]],
];

for (const [template, texts, placeholders] of templates) {
  test(`${JSON.stringify(template)} is taken apart`, (t) => {
    const parsed = parseTemplate(template);
    if ("message" in parsed) return t.fail(parsed.message);
    t.deepEqual(parsed.texts, texts);
    t.deepEqual(
      parsed.placeholders.map(({ text }) => text),
      placeholders,
    );
    for (const { text, start, end } of parsed.placeholders) t.is(template.slice(start, end), text);
  });
}

const mistakes: readonly (readonly [template: string, place: string])[] = [
  ["user:{id", "{"],
  ["user:id}", "}"],
  ["user:{}", "{}"],
  ["user:{  }", "{  }"],
  ["{f('}", "{"],
];

for (const [template, place] of mistakes) {
  test(`${JSON.stringify(template)} is refused at ${place}`, (t) => {
    const parsed = parseTemplate(template);
    t.is("message" in parsed && template.slice(parsed.start, parsed.end), place);
  });
}
