import { useMemo, useRef } from "preact/hooks";

/**
 * Keeps the order of rows while the pointer is over them, because changing figures would move a row
 * away from under the pointer. A change of the sort column takes effect at once.
 */
export function useHeldOrder<Row>(
  sorted: readonly Row[],
  keyOf: (row: Row) => string,
  choice: object | null,
  isHeld: boolean,
): readonly Row[] {
  const last = useRef<{ readonly choice: object | null; readonly keys: readonly string[] } | null>(
    null,
  );
  return useMemo(() => {
    const held = last.current;
    if (!isHeld || choice === null || held?.choice !== choice) {
      last.current = { choice, keys: sorted.map(keyOf) };
      return sorted;
    }
    const places = new Map(held.keys.map((key, i) => [key, i]));
    const placeOf = (row: Row): number => places.get(keyOf(row)) ?? held.keys.length;
    return sorted.toSorted((a, b) => placeOf(a) - placeOf(b));
  }, [sorted, choice, isHeld]);
}
