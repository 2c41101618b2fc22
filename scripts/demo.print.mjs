import ts from "typescript";

const width = 100;
const isTty = process.stdout.isTTY === true;
const style = (code) => (text) => (isTty ? `\u001b[${code}m${text}\u001b[0m` : text);
export const [bold, dim, red, green, cyan] = [1, 2, 31, 32, 36].map(style);

export function heading(text) {
  console.log(`\n${bold(text)} ${dim("─".repeat(width - text.length - 1))}`);
}

export function line(text = "") {
  for (const part of fold(text, width - 2)) console.log(part === "" ? "" : `  ${part}`);
}

export function code(label, text) {
  line(cyan(label));
  for (const part of text.split("\n").flatMap((one) => fold(one, width - 6)))
    console.log(`  ${dim("│")} ${part}`);
}

/** Makes columns as wide as their widest cell. Cells that begin with a digit are aligned right. */
export function table(head, rows) {
  const widths = head.map((_, column) =>
    Math.max(...[head, ...rows].map((row) => String(row[column]).length)),
  );
  const isNumeric = head.map((_, column) => rows.every((row) => /^[\d–]/.test(row[column])));
  const format = (row) =>
    row
      .map((cell, i) =>
        isNumeric[i] ? String(cell).padStart(widths[i]) : String(cell).padEnd(widths[i]),
      )
      .join("  ")
      .trimEnd();
  console.log(`  ${dim(format(head))}`);
  for (const row of rows) console.log(`  ${format(row)}`);
}

export function shorten(text, length) {
  return text.length > length ? `${text.slice(0, length - 1)}…` : text;
}

export function milliseconds(ms) {
  return `${ms < 10 ? ms.toFixed(2) : ms.toFixed(0)} ms`;
}

/**
 * Returns the parts of a file that make one method: the method with its comments, the statements
 * that name it in a string (its plan), and those that use a name which such a statement declares.
 */
export function cutMethod(text, owner, method) {
  const file = ts.createSourceFile("file.ts", text, ts.ScriptTarget.Latest, true);
  const parts = file.statements.flatMap((one) =>
    ts.isClassDeclaration(one) ? [...one.members] : [one],
  );
  const namesIt = new RegExp(`\\b${owner}\\.${method}["'\`]`);
  const plans = parts.filter(
    (part) => part.name?.getText() !== method && namesIt.test(part.getText()),
  );
  const planNames = plans.flatMap(
    (part) => part.name ?? part.declarationList?.declarations.map(({ name }) => name) ?? [],
  );
  const mentions = (part) =>
    planNames.some((name) =>
      new RegExp(`(?<![\\w$])${name.getText().replaceAll("$", "\\$")}(?![\\w$])`).test(
        part.getText(),
      ),
    );
  const isPart = (part) =>
    part.name?.getText() === method || plans.includes(part) || mentions(part);
  return parts
    .filter(isPart)
    .map((part) => dedent(part.getFullText().replace(/^\s*\n/, "")))
    .join("\n");
}

function dedent(text) {
  const lines = text.trimEnd().split("\n");
  const indent = Math.min(
    ...lines.filter((one) => one.trim()).map((one) => /^ */.exec(one)[0].length),
  );
  return lines.map((one) => one.slice(indent)).join("\n");
}

/** Breaks at the last space that fits, and keeps the indent. */
function fold(text, limit) {
  if (text.length <= limit) return [text];
  const indent = /^ */.exec(text)[0];
  const space = text.lastIndexOf(" ", limit);
  const end = space > indent.length ? space : limit;
  return [text.slice(0, end), ...fold(`${indent}    ${text.slice(end).trimStart()}`, limit)];
}
