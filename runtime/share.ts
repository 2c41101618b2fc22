/**
 * Parses a share as it is written: `0.1%`, `10 %`, or `0.001`. Returns null for anything that is
 * not from 0 to 1.
 */
export function parseShare(text: string): number | null {
  const percent = /^(\d+(?:\.\d+)?)\s?%$/.exec(text);
  if (!percent && !/^(?:\d+(?:\.\d+)?|\d+(?:\.\d+)?e-\d+)$/.test(text)) return null;
  const share = percent ? Number(percent[1]) / 100 : Number(text);
  return share <= 1 ? share : null;
}

/** `0.1%` */
export function formatShare(share: number): string {
  // 100 * 0.07 is not exact in its last digit.
  return `${Number((100 * share).toPrecision(12))}%`;
}
