/**
 * Draws a chart as SVG text: bars of ratios, then curves. Its colours follow the reader's colour
 * scheme, even in an <img>, and it has its own background, so that it is readable on any page.
 */
const width = 960;
const margin = { left: 250, right: 30 };
const style = `
  svg { font: 13px system-ui, sans-serif; }
  .page { fill: #ffffff } .text { fill: #1f2328 } .dim { fill: #656d76 } .line { stroke: #d0d7de }
  .c0 { fill: #0969da; stroke: #0969da } .c1 { fill: #8250df; stroke: #8250df } .c2 { fill: #bf8700; stroke: #bf8700 }
  .c3 { fill: #1a7f37; stroke: #1a7f37 } .c4 { fill: #cf222e; stroke: #cf222e } .c5 { fill: #bc4c00; stroke: #bc4c00 }
  .c6 { fill: #6e7781; stroke: #6e7781 } .c7 { fill: #0a7d91; stroke: #0a7d91 } .curve { fill: none; stroke-width: 1.8 }
  @media (prefers-color-scheme: dark) {
    .page { fill: #0d1117 } .text { fill: #e6edf3 } .dim { fill: #8d96a0 } .line { stroke: #30363d }
    .c0 { fill: #4493f8; stroke: #4493f8 } .c1 { fill: #ab7df8; stroke: #ab7df8 } .c2 { fill: #d29922; stroke: #d29922 }
    .c3 { fill: #3fb950; stroke: #3fb950 } .c4 { fill: #f85149; stroke: #f85149 } .c5 { fill: #db6d28; stroke: #db6d28 }
    .c6 { fill: #9198a1; stroke: #9198a1 } .c7 { fill: #39c5cf; stroke: #39c5cf } .curve { fill: none }
  }`;

/**
 * @param bars `{ title, rows: [{ label, values: [{ name, value }] }] }`, on a logarithmic scale
 * around 1
 * @param curves `{ title, unit, lines: { name: [{ x, y }] } }[]`, both axes logarithmic
 */
export function drawChart({ title, notes, bars, curves, order }) {
  const colour = (name) => `c${Math.max(order.indexOf(name), 0) % 8}`;
  const parts = [
    text(20, 30, title, "text", "font-size='17' font-weight='600'"),
    ...notes.map((note, i) => text(20, 52 + i * 17, note, "dim")),
  ];
  let top = 70 + notes.length * 17;
  parts.push(legend(order, colour, top));
  top += 34;
  if (bars.rows.length > 0) {
    const drawn = drawBars(bars, colour, top);
    parts.push(drawn.svg);
    top += drawn.height;
  }
  for (const curve of curves) {
    parts.push(drawCurve(curve, colour, top));
    top += 270;
  }
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${top + 10}" width="${width}" height="${top + 10}">
<style>${style}</style>
<rect class="page" width="100%" height="100%" rx="6"/>
${parts.join("\n")}
</svg>
`;
}

function legend(names, colour, top) {
  let x = 20;
  return names
    .map((name) => {
      const item = `<rect class="${colour(name)}" x="${x}" y="${top - 10}" width="11" height="11"/>${text(x + 16, top, name, "text")}`;
      x += 34 + name.length * 7.2;
      return item;
    })
    .join("");
}

function drawBars({ title, rows }, colour, top) {
  const barHeight = 9;
  const values = rows.flatMap((row) => row.values.map(({ value }) => value));
  const scale = logScale(
    [Math.min(0.5, ...values), Math.max(2, ...values)],
    [margin.left, width - margin.right - 50],
  );
  const parts = [text(20, top + 16, title, "text", "font-weight='600'")];
  let y = top + 34;
  const start = y;
  for (const { label, values } of rows) {
    parts.push(
      text(
        margin.left - 12,
        y + (values.length * barHeight) / 2 + 4,
        label,
        "text",
        "text-anchor='end'",
      ),
    );
    for (const { name, value } of values) {
      const [from, to] = [scale(1), scale(value)].sort((a, b) => a - b);
      parts.push(
        `<rect class="${colour(name)}" x="${fixed(from)}" y="${y}" width="${fixed(Math.max(to - from, 1.5))}" height="${barHeight - 2}"/>`,
      );
      if (name === "zcache")
        parts.push(text(to + 5, y + 8, value.toFixed(2), "dim", "font-size='10'"));
      y += barHeight;
    }
    y += 8;
  }
  for (const tick of [0.25, 0.5, 1, 2, 5, 10, 20, 50, 100].filter(
    (tick) => tick >= scale.from && tick <= scale.to,
  )) {
    parts.push(
      `<line class="line" x1="${fixed(scale(tick))}" x2="${fixed(scale(tick))}" y1="${start - 4}" y2="${y}"/>`,
      text(scale(tick), y + 14, `${tick}×`, "dim", "text-anchor='middle'"),
    );
  }
  return { svg: parts.join("\n"), height: y - top + 30 };
}

function drawCurve({ title, unit, lines }, colour, top) {
  const points = Object.values(lines).flat();
  const x = logScale(extent(points.map((point) => point.x)), [90, width - margin.right]);
  const y = logScale(extent(points.map((point) => point.y)), [top + 220, top + 34]);
  const parts = [text(20, top + 16, title, "text", "font-weight='600'")];
  for (const tick of new Set(points.map((point) => point.x))) {
    parts.push(
      `<line class="line" x1="${fixed(x(tick))}" x2="${fixed(x(tick))}" y1="${top + 30}" y2="${top + 224}"/>`,
      text(x(tick), top + 240, short(tick), "dim", "text-anchor='middle'"),
    );
  }
  for (let tick = 10 ** Math.ceil(Math.log10(y.from)); tick <= y.to; tick *= 10) {
    parts.push(
      `<line class="line" x1="90" x2="${width - margin.right}" y1="${fixed(y(tick))}" y2="${fixed(y(tick))}"/>`,
      text(82, y(tick) + 4, short(tick), "dim", "text-anchor='end'"),
    );
  }
  parts.push(text(20, top + 34, unit, "dim", "font-size='11'"));
  for (const [name, curve] of Object.entries(lines)) {
    const path = curve.map((point) => `${fixed(x(point.x))},${fixed(y(point.y))}`).join(" ");
    parts.push(`<polyline class="${colour(name)} curve" points="${path}"/>`);
  }
  return parts.join("\n");
}

function logScale([from, to], [start, end]) {
  const span = Math.log(to) - Math.log(from) || 1;
  return Object.assign(
    (value) => start + ((Math.log(value) - Math.log(from)) / span) * (end - start),
    { from, to },
  );
}

function extent(values) {
  return [Math.min(...values), Math.max(...values)];
}

function short(value) {
  return value >= 1e6 ? `${value / 1e6}M` : value >= 1e3 ? `${value / 1e3}k` : String(value);
}

function text(x, y, content, className, attributes = "") {
  const escaped = content.replaceAll(/[&<]/g, (character) =>
    character === "&" ? "&amp;" : "&lt;",
  );
  return `<text class="${className}" x="${fixed(x)}" y="${fixed(y)}" ${attributes}>${escaped}</text>`;
}

function fixed(value) {
  return Number(value.toFixed(1));
}
