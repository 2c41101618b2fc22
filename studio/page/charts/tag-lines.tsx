import { type VNode } from "preact";
import { type TagRow } from "../../api";
import { visibleText } from "../format/visible-text";

/** More tags would make the picture unreadable. The table below it has all of them. */
const most = 24;
const rowHeight = 24;
const width = 960;
const columnWidth = 270;

interface Node {
  readonly text: string;
  readonly y: number;
}

/**
 * The graph of code → tag → functions as three columns with lines between them. The table below it
 * says the same in words.
 */
export function TagLines({ tags }: { readonly tags: readonly TagRow[] }): VNode | null {
  if (tags.length === 0 || tags.length > most) return null;
  const places = nodesOf(tags.flatMap(({ invalidatedIn }) => invalidatedIn));
  const middle = nodesOf(tags.map(({ tag }) => tag));
  const functions = nodesOf(tags.flatMap(({ functions }) => functions));
  const height = (Math.max(places.size, middle.size, functions.size) + 1) * rowHeight + 6;
  const middleLeft = (width - columnWidth) / 2;
  const rightLeft = width - columnWidth;
  return (
    <div class="graph" role="region" aria-label="Graph of tags" tabIndex={0}>
      <svg
        viewBox={`0 0 ${width} ${height}`}
        width={width}
        height={height}
        role="img"
        aria-label={summaryOf(tags)}
      >
        <Titles x={[0, middleLeft, rightLeft]} />
        {tags.flatMap(({ tag, invalidatedIn, functions: tagged }) => {
          const y = middle.get(tag)?.y ?? 0;
          return [
            ...invalidatedIn.map((place) => (
              <path class="line" d={curve(columnWidth, places.get(place)?.y ?? 0, middleLeft, y)} />
            )),
            ...tagged.map((name) => (
              <path
                class="line"
                d={curve(middleLeft + columnWidth, y, rightLeft, functions.get(name)?.y ?? 0)}
              />
            )),
          ];
        })}
        {[...places.values()].map((node) => (
          <Label node={node} x={0} />
        ))}
        {[...middle.values()].map((node) => (
          <Label
            node={node}
            x={middleLeft}
            isAlone={!tags.some((row) => row.tag === node.text && row.invalidatedIn.length > 0)}
          />
        ))}
        {[...functions.values()].map((node) => (
          <Label node={node} x={rightLeft} />
        ))}
      </svg>
    </div>
  );
}

function Titles({ x }: { readonly x: readonly [number, number, number] }): VNode {
  return (
    <>
      {["code that invalidates", "tag", "functions that have it"].map((title, i) => (
        <text class="title" x={(x[i] ?? 0) + 6} y={16}>
          {title}
        </text>
      ))}
    </>
  );
}

function Label({
  node: { text, y },
  x,
  isAlone = false,
}: {
  node: Node;
  x: number;
  isAlone?: boolean;
}): VNode {
  return (
    <g>
      <title>{visibleText(text)}</title>
      <rect
        class={isAlone ? "node alone" : "node"}
        x={x}
        y={y - 9}
        width={columnWidth}
        height={19}
        rx={2}
      />
      <text x={x + 6} y={y + 4}>
        {shortened(visibleText(text))}
      </text>
    </g>
  );
}

/** The end of a long name is more informative than its beginning. */
function shortened(text: string): string {
  const most = 38;
  const characters = Array.from(text);
  return characters.length <= most ? text : `…${characters.slice(1 - most).join("")}`;
}

function nodesOf(texts: readonly string[]): Map<string, Node> {
  const nodes = new Map<string, Node>();
  for (const text of texts)
    if (!nodes.has(text)) nodes.set(text, { text, y: (nodes.size + 1) * rowHeight + 12 });
  return nodes;
}

function curve(fromX: number, fromY: number, toX: number, toY: number): string {
  const middle = (fromX + toX) / 2;
  return `M${fromX} ${fromY} C${middle} ${fromY} ${middle} ${toY} ${toX} ${toY}`;
}

function summaryOf(tags: readonly TagRow[]): string {
  const alone = tags.filter(({ invalidatedIn }) => invalidatedIn.length === 0).length;
  return `${tags.length} tags between the code that invalidates them and the functions that have them; ${alone} that nothing invalidates. The table below has the same.`;
}
