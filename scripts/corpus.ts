/**
 * Measures the precision and recall of each check over test/unit/checks/corpus: `npm run corpus`.
 * `npm run corpus -- --list` prints every finding, and `-- --list unfaithful-` those in files whose
 * names begin like that.
 */
import { differences, runCorpus } from "../test/unit/checks/run-corpus";

const [list, prefix] = process.argv.slice(2);
const files = runCorpus(prefix);

interface Count {
  hits: number;
  alarms: number;
  missed: number;
}
const counts = new Map<string, Count>();
const countOf = (rule: string): Count => {
  const count = counts.get(rule) ?? { hits: 0, alarms: 0, missed: 0 };
  counts.set(rule, count);
  return count;
};

for (const file of files) {
  const { missed, alarms } = differences(file);
  for (const { rule } of missed) countOf(rule).missed++;
  for (const { rule } of alarms) countOf(rule).alarms++;
  for (const finding of file.found) if (!alarms.includes(finding)) countOf(finding.rule).hits++;
  for (const error of file.errors) console.log(`${file.name} does not compile: ${error}`);
  for (const { rule, place } of missed) console.log(`${file.name} missed ${rule}@${place}`);
  for (const { place, message } of alarms)
    console.log(`${file.name} false alarm at ${place}: ${message}`);
  if (list !== "--list") continue;
  for (const { place, grade, text, message } of file.found)
    console.log(`${file.name}:${place} ${grade} ${text}\n    ${message}`);
}

const ratio = (part: number, rest: number): string =>
  part + rest === 0 ? "–" : (part / (part + rest)).toFixed(3);
const total: Count = { hits: 0, alarms: 0, missed: 0 };
console.log(`\n${"check".padEnd(24)} found  false  missed  precision  recall`);
const print = (name: string, { hits, alarms, missed }: Count): void =>
  console.log(
    `${name.padEnd(24)} ${String(hits).padStart(5)} ${String(alarms).padStart(6)} ${String(missed).padStart(7)} ${ratio(hits, alarms).padStart(10)} ${ratio(hits, missed).padStart(7)}`,
  );
for (const [rule, count] of [...counts].sort(([a], [b]) => a.localeCompare(b))) {
  print(rule, count);
  for (const key of ["hits", "alarms", "missed"] as const) total[key] += count[key];
}
print("all", total);
const wrong = files.filter(({ name }) => name.startsWith("wrong/")).length;
console.log(`${wrong} wrong programs, ${files.length - wrong} sound ones`);
