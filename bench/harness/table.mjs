import { noise, own, yardstick } from "./contenders.mjs";

// The table has at most 120 columns, whatever it contains.
const columns = [
  ["", 22],
  ["ratio", 7],
  ["quartiles", 12],
  ["goal", 7],
  ["met", 5],
  ["CPU", 6],
  ["commands", 9],
  ["writes", 8],
  ["bytes", 9],
  ["p50 µs", 10],
  ["p99 µs", 10],
];

/** Formats one row of the table, with a line for each contender. */
export function formatWork({ title, goal, cpuGoal }, results) {
  const floor = results[noise];
  const head = `${title}: noise floor ${number(floor.ratio)} (${floor.quartiles.map(number).join(" to ")})`;
  const lines = Object.entries(results).map(([name, result]) => {
    const isOwn = name === own;
    const met = isMet({ goal, cpuGoal }, result) ? "yes" : "no";
    return line([
      name,
      number(result.ratio),
      result.quartiles.map(number).join("–"),
      isOwn ? `≤ ${goal}` : "",
      isOwn ? met : "",
      number(result.cpuRatio),
      count(result.commands),
      count(result.trips),
      result.bytes === undefined ? "" : result.bytes.toFixed(0),
      micros(result.p50),
      micros(result.p99),
    ]);
  });
  return `\n${head}\n${line(columns.map(([title]) => title))}\n${lines.join("\n")}\n`;
}

export function isMet({ goal, cpuGoal }, { ratio, cpuRatio }) {
  return ratio <= goal && (cpuGoal === undefined || cpuRatio <= cpuGoal);
}

/**
 * Formats zcache's line of every row, for the end of the output. The p50 of the hand-written code
 * shows how fast the machine and its network were during the run.
 */
export function formatSummary(rows) {
  const widths = [42, 9, 12, 9, 13, 11, 24];
  const cells = (texts) =>
    texts.map((text, i) => (i === 0 ? text.padEnd(widths[i]) : text.padStart(widths[i]))).join("");
  const lines = rows.map(({ title, value, goal, met, floor, best, byHand = "" }) =>
    cells([title, value, goal, met, floor, byHand, best]),
  );
  return `\n${cells(["", "zcache", "goal", "met", "noise floor", "by hand", "best peer"])}\n${lines.join("\n")}\n`;
}

export function summarize(work, results) {
  const { ratio } = results[own];
  const peers = Object.entries(results).filter(([name]) => ![yardstick, noise, own].includes(name));
  const [best] = peers.sort(([, a], [, b]) => a.ratio - b.ratio);
  return {
    title: work.title,
    value: number(ratio),
    goal: `≤ ${work.goal}`,
    met: isMet(work, results[own]) ? "yes" : ratio <= work.goal ? "no (CPU)" : "no",
    floor: results[noise].quartiles.map(number).join("–"),
    byHand: results[yardstick].p50 === undefined ? "" : `${micros(results[yardstick].p50)} µs`,
    best: best ? `${best[0]} ${number(best[1].ratio)}` : "",
  };
}

function line(texts) {
  return texts
    .map((text, i) => (i === 0 ? text.padEnd(columns[i][1]) : text.padStart(columns[i][1])))
    .join(" ");
}

function number(value) {
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2);
}

function count(value) {
  return value === undefined ? "" : number(value);
}

function micros(value) {
  return value === undefined ? "" : value >= 10 ? value.toFixed(0) : value.toFixed(2);
}
