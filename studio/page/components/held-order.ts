import { useMemo, useRef } from "preact/hooks";

/**
 * Keeps rows where they are while somebody points at them: figures that change would move a row away from under the
 * pointer. Another choice of what they are sorted by counts at once.
 */
export function useHeldOrder<Row>(
  sorted: readonly Row[],
  keyOf: (row: Row) => string,
  choice: object | null,
  isHeld: boolean,
): readonly Row[] {
  const last = useRef<{ readonly choice: object | null; readonly keys: readonly string[] } | null>(null);
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
