import { readFileSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import { rules } from "../../../transformer/context/rules";

const page = readFileSync(join(__dirname, "../../../docs/diagnostics.md"), "utf8");
const sections = page.split("\n### ").slice(1);
const documented = sections.map((section) => section.split("\n", 1)[0] as string);

test("the page has one section for every rule, and no other", (t) => {
  const names = Object.values(rules).map((rule) => rule.name);
  t.deepEqual([...documented].sort(), [...names].sort());
});

test("every section has an example, and names the grade if it describes a check", (t) => {
  for (const rule of Object.values(rules)) {
    const section = sections.find((text) => text.startsWith(`${rule.name}\n`)) as string;
    t.regex(section, /```(ts|json)\n/, rule.name);
    const grade = "grade" in rule ? rule.grade : null;
    t.is(/_check, (error|hint)\._/.exec(section)?.[1] ?? null, grade, rule.name);
  }
});

test("codes are unique and in order, so that a published code stays", (t) => {
  const codes = Object.values(rules).map((rule) => rule.code);
  t.deepEqual(
    codes,
    [...new Set(codes)].sort((a, b) => a - b),
  );
});
