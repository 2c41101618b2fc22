/**
 * Draws the chart for a reader who has ten seconds. For each kind of work it shows the time that
 * zcache and the fastest other library take, beside hand-written code. Bars begin at zero, so that
 * their lengths are the times.
 */
const width = 860;
const left = 230;
const right = 190;
const style = `
  svg { font: 13px system-ui, sans-serif; }
  .page { fill: #ffffff } .text { fill: #1f2328 } .dim { fill: #59636e }
  .own { fill: #0969da } .other { fill: #c9d1d9 } .one { stroke: #59636e; stroke-width: 1.5; stroke-dasharray: 4 3 }
  @media (prefers-color-scheme: dark) {
    .page { fill: #0d1117 } .text { fill: #e6edf3 } .dim { fill: #9198a1 }
    .own { fill: #4493f8 } .other { fill: #3d444d } .one { stroke: #9198a1 }
  }`;

/** The hand-written counterpart, by the beginning of a row's name. */
const inMemory = /^memory/;

/** @param figures the contents of bench/figures.json */
export function drawOverview({ taken, machine, rounds, rows }) {
  const compared = rows.filter(({ ratios }) => Object.keys(ratios).length > 1);
  const groups = [
    [
      "Redis: the grey line is hand-written ioredis code",
      compared.filter(({ title }) => !inMemory.test(title)),
    ],
    [
      "Memory: the grey line is a Map that gives every caller the same object",
      compared.filter(({ title }) => inMemory.test(title)),
    ],
  ];
  const longest = Math.max(
    1.2,
    ...compared.flatMap((row) => [row.ratios.zcache, fastestOther(row).ratio]),
  );
  const scale = (ratio) => left + (ratio / longest) * (width - left - right);
  const parts = [
    text(
      20,
      32,
      "How long a call takes: shorter is better",
      "text",
      "font-size='18' font-weight='600'",
    ),
    swatch(20, 46, "own"),
    text(38, 57, "zcache", "text"),
    swatch(100, 46, "other"),
    text(118, 57, "the fastest of six other libraries", "text"),
  ];
  let top = 70;
  for (const [title, rows] of groups) {
    const drawn = drawGroup(title, rows, scale, top);
    parts.push(drawn.svg);
    top = drawn.bottom;
  }
  parts.push(
    text(
      20,
      top + 22,
      `Time against hand-written code, medians of ${rounds} rounds. ${machine}. ${taken}, npm run bench.`,
      "dim",
      "font-size='11'",
    ),
  );
  const height = top + 36;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="How long a call takes with zcache and with the fastest other library, against hand-written code">
<style>${style}</style>
<rect class="page" width="100%" height="100%" rx="6"/>
${parts.join("\n")}
</svg>
`;
}

function drawGroup(title, rows, scale, top) {
  const parts = [text(20, top + 22, title, "text", "font-weight='600'")];
  const start = top + 34;
  let y = start;
  for (const row of rows) {
    const { zcache } = row.ratios;
    const other = fastestOther(row);
    parts.push(
      text(left - 12, y + 17, row.title, "text", "text-anchor='end'"),
      bar(scale(0), scale(zcache), y, 13, "own"),
      text(
        Math.max(scale(zcache), scale(1)) + 8,
        y + 11,
        inWords(zcache),
        "text",
        "font-size='12' font-weight='600'",
      ),
      bar(scale(0), scale(other.ratio), y + 15, 8, "other"),
      text(
        Math.max(scale(other.ratio), scale(1)) + 8,
        y + 24,
        `${other.ratio.toFixed(2)}× ${other.name}`,
        "dim",
        "font-size='11'",
      ),
    );
    y += 34;
  }
  parts.push(
    `<line class="one" x1="${fixed(scale(1))}" x2="${fixed(scale(1))}" y1="${start - 4}" y2="${y - 4}"/>`,
    text(scale(1), y + 9, "1× hand-written", "dim", "text-anchor='middle' font-size='11'"),
  );
  return { svg: parts.join("\n"), bottom: y + 14 };
}

function fastestOther({ ratios }) {
  const others = Object.entries(ratios).filter(([name]) => name !== "zcache");
  const [name, ratio] = others.sort(([, a], [, b]) => a - b)[0];
  return { name, ratio };
}

function inWords(ratio) {
  const exact = `${ratio.toFixed(2)}×`;
  return ratio < 0.8 ? `${exact}, ${(1 / ratio).toFixed(1)} times as fast` : exact;
}

function bar(from, to, y, height, className) {
  return `<rect class="${className}" x="${fixed(from)}" y="${y}" width="${fixed(to - from)}" height="${height}" rx="2"/>`;
}

function swatch(x, y, className) {
  return `<rect class="${className}" x="${x}" y="${y}" width="12" height="12" rx="2"/>`;
}

function text(x, y, content, className, attributes = "") {
  return `<text class="${className}" x="${fixed(x)}" y="${fixed(y)}" ${attributes}>${content}</text>`;
}

function fixed(value) {
  return Number(value.toFixed(1));
}
