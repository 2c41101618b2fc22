import { type ComponentChildren, type VNode } from "preact";
import { useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { formatCount } from "../format/numbers";
import { useHeldOrder } from "./held-order";

export interface Column<Row> {
  readonly title: string;
  /**
   * A cell. `tabIndex` is for the one link or button through which the keyboard reaches the row.
   */
  readonly cell: (row: Row, tabIndex: number) => ComponentChildren;
  /** Whether the column has numbers, which are aligned to the right, in digits of equal width. */
  readonly isNumber?: boolean;
  /** Whether the column is left out on narrow screens. */
  readonly isWideOnly?: boolean;
  /** Makes the column sortable. Rows without a value come last in either direction. */
  readonly sortBy?: (row: Row) => number | string | null;
  /** Whether the first click on the title shows the largest values first. */
  readonly largestFirst?: boolean;
}

export interface Sorting {
  readonly title: string;
  readonly isDown: boolean;
}

interface DataTableProps<Row> {
  /** What the table shows, for screen readers. */
  readonly caption: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly keyOf: (row: Row) => string;
  /** How the rows are sorted at first. Without it, they keep their order. */
  readonly sorting?: Sorting;
  readonly empty: ComponentChildren;
  /** Adds a field that filters the rows by their text. */
  readonly searchBy?: (row: Row) => string;
  /** The initial content of that field. */
  readonly find?: string;
}

/** If there are more rows, only those in view are drawn. */
const drawnAtOnce = 60;
const margin = 10;

/**
 * A table that can be sorted by its columns and navigated with the keyboard: Tab moves to one row,
 * and the arrows, Home, End and the page keys move to the others. If there are many rows, only
 * those in view exist.
 */
export function DataTable<Row>(props: DataTableProps<Row>): VNode {
  const { caption, columns, rows, keyOf, sorting, empty, searchBy, find = "" } = props;
  const [order, setOrder] = useState(sorting ?? null);
  const [sought, setSought] = useState(find);
  const found = useMemo(() => findRows(rows, searchBy, sought), [rows, searchBy, sought]);
  const [isHeld, setHeld] = useState(false);
  const ranked = useMemo(() => sortRows(found, columns, order), [found, columns, order]);
  const sorted = useHeldOrder(ranked, keyOf, order, isHeld);
  const box = useRef<HTMLDivElement>(null);
  const isWindowed = sorted.length > drawnAtOnce;
  const [view, setView] = useState({ top: 0, height: 600, rowHeight: 30 });
  const [activeKey, setActiveKey] = useState<string | null>(null);
  /** The row that the keyboard has moved to, which gets the focus once it exists. */
  const focusNext = useRef<number | null>(null);

  const first = isWindowed ? Math.max(0, Math.floor(view.top / view.rowHeight) - margin) : 0;
  const last = isWindowed
    ? Math.min(sorted.length, Math.ceil((view.top + view.height) / view.rowHeight) + margin)
    : sorted.length;
  const drawn = sorted.slice(first, last);
  const foundActive = activeKey === null ? 0 : sorted.findIndex((row) => keyOf(row) === activeKey);
  const active = Math.max(0, foundActive);
  /** The row that Tab moves to, which must be one that exists. */
  const reachable = active >= first && active < last ? active : first;

  useLayoutEffect(() => {
    const element = box.current;
    if (element === null || !isWindowed) return undefined;
    const measure = (): void => {
      const rowHeight =
        element.querySelector<HTMLElement>("tbody tr[aria-rowindex]")?.offsetHeight ?? 0;
      setView((last) => {
        const next = {
          top: element.scrollTop,
          height: element.clientHeight,
          rowHeight: rowHeight || last.rowHeight,
        };
        return next.top === last.top &&
          next.height === last.height &&
          next.rowHeight === last.rowHeight
          ? last
          : next;
      });
    };
    measure();
    element.addEventListener("scroll", measure, { passive: true });
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => {
      element.removeEventListener("scroll", measure);
      observer.disconnect();
    };
  }, [isWindowed]);

  useLayoutEffect(() => {
    if (focusNext.current === null) return;
    const row = box.current?.querySelector(`tbody tr[aria-rowindex="${focusNext.current + 2}"]`);
    const target = row?.querySelector<HTMLElement>("a, button");
    if (!target) return;
    focusNext.current = null;
    target.focus({ preventScroll: isWindowed });
  });

  function moveTo(index: number): void {
    const target = Math.max(0, Math.min(sorted.length - 1, index));
    const row = sorted[target];
    if (row === undefined) return;
    focusNext.current = target;
    setActiveKey(keyOf(row));
    const element = box.current;
    if (element === null || !isWindowed) return;
    const top = target * view.rowHeight;
    const headHeight = element.querySelector("thead")?.offsetHeight ?? 0;
    if (top < element.scrollTop) element.scrollTop = top;
    else if (top + view.rowHeight + headHeight > element.scrollTop + element.clientHeight) {
      element.scrollTop = top + view.rowHeight + headHeight - element.clientHeight;
    }
  }

  function onKeyDown(event: KeyboardEvent): void {
    const isInRow = event.target instanceof Element && event.target.closest("tbody tr") !== null;
    if (
      !isInRow ||
      event.altKey ||
      event.ctrlKey ||
      event.metaKey ||
      event.target instanceof HTMLInputElement
    )
      return;
    const steps: Readonly<Record<string, number>> = {
      ArrowDown: active + 1,
      ArrowUp: active - 1,
      Home: 0,
      End: sorted.length - 1,
      PageDown: active + 15,
      PageUp: active - 15,
    };
    const target = steps[event.key];
    if (target === undefined) return;
    event.preventDefault();
    moveTo(target);
  }

  function onFocusIn(event: FocusEvent): void {
    const row = event.target instanceof Element ? event.target.closest("tbody tr") : null;
    const index = Number(row?.getAttribute("aria-rowindex") ?? 0) - 2;
    const focused = sorted[index];
    if (focused !== undefined && keyOf(focused) !== activeKey) setActiveKey(keyOf(focused));
  }

  if (rows.length === 0) return <p class="quiet">{empty}</p>;
  const table = (
    <div
      ref={box}
      class={isWindowed ? "table windowed" : "table"}
      role="region"
      aria-label={caption}
      tabIndex={0}
      onKeyDown={onKeyDown}
      onFocusIn={onFocusIn}
      onPointerEnter={() => setHeld(true)}
      onPointerLeave={() => setHeld(false)}
    >
      <table aria-rowcount={sorted.length + 1}>
        <caption class="visually-hidden">{caption}</caption>
        <thead>
          <tr aria-rowindex={1}>
            {columns.map((column) => (
              <Title column={column} order={order} onSort={setOrder} />
            ))}
          </tr>
        </thead>
        <tbody>
          {first > 0 && <Space rows={first} rowHeight={view.rowHeight} columns={columns.length} />}
          {drawn.map((row, i) => (
            <tr key={keyOf(row)} aria-rowindex={first + i + 2}>
              {columns.map(({ cell, isNumber, isWideOnly }) => (
                <td class={classOf(isNumber, isWideOnly)}>
                  {cell(row, first + i === reachable ? 0 : -1)}
                </td>
              ))}
            </tr>
          ))}
          {last < sorted.length && (
            <Space
              rows={sorted.length - last}
              rowHeight={view.rowHeight}
              columns={columns.length}
            />
          )}
        </tbody>
      </table>
    </div>
  );
  if (!searchBy) return table;
  return (
    <>
      <p class="search">
        <label>
          Find{" "}
          <input
            type="search"
            data-search
            value={sought}
            spellcheck={false}
            autocomplete="off"
            onInput={({ currentTarget }) => setSought(currentTarget.value)}
          />
        </label>{" "}
        <span class="quiet">
          {sought === ""
            ? formatCount(rows.length)
            : `${formatCount(sorted.length)} of ${formatCount(rows.length)}`}
        </span>
      </p>
      {sorted.length === 0 ? <p class="quiet">None of them has this in it.</p> : table}
    </>
  );
}

interface TitleProps<Row> {
  readonly column: Column<Row>;
  readonly order: Sorting | null;
  readonly onSort: (order: Sorting) => void;
}

function Title<Row>({ column, order, onSort }: TitleProps<Row>): VNode {
  const { title, sortBy, isNumber, isWideOnly, largestFirst = false } = column;
  const isSorted = order?.title === title;
  const words = isSorted ? (order.isDown ? "descending" : "ascending") : undefined;
  return (
    <th scope="col" class={classOf(isNumber, isWideOnly)} {...(words && { "aria-sort": words })}>
      {sortBy ? (
        <button
          type="button"
          class="title"
          onClick={() => onSort({ title, isDown: isSorted ? !order.isDown : largestFirst })}
        >
          {title}
          <span class="direction" aria-hidden="true">
            {isSorted ? (order.isDown ? " ↓" : " ↑") : ""}
          </span>
        </button>
      ) : (
        title
      )}
    </th>
  );
}

function Space({
  rows,
  rowHeight,
  columns,
}: {
  rows: number;
  rowHeight: number;
  columns: number;
}): VNode {
  return (
    <tr class="space" aria-hidden="true">
      <td colSpan={columns} style={{ height: `${rows * rowHeight}px` }} />
    </tr>
  );
}

function classOf(isNumber = false, isWideOnly = false): string {
  return [isNumber ? "numeric" : "", isWideOnly ? "wide-only" : ""].filter(Boolean).join(" ");
}

function findRows<Row>(
  rows: readonly Row[],
  searchBy: ((row: Row) => string) | undefined,
  sought: string,
): readonly Row[] {
  const text = sought.trim().toLowerCase();
  if (!searchBy || text === "") return rows;
  return rows.filter((row) => searchBy(row).toLowerCase().includes(text));
}

function sortRows<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  order: Sorting | null,
): readonly Row[] {
  const sortBy = columns.find(({ title }) => title === order?.title)?.sortBy;
  if (!sortBy || order === null) return rows;
  const sign = order.isDown ? -1 : 1;
  const keyed = rows.map((row) => ({ row, value: sortBy(row) }));
  keyed.sort((a, b) => {
    if (a.value === null || b.value === null)
      return Number(a.value === null) - Number(b.value === null);
    return sign * (a.value < b.value ? -1 : a.value > b.value ? 1 : 0);
  });
  return keyed.map(({ row }) => row);
}
