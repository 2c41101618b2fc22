const units = ["B", "kB", "MB", "GB", "TB"];

/** Returns "812 B", "4.1 kB", "23 MB", in steps of 1,000. */
export function formatBytes(bytes: number | null): string {
  if (bytes === null) return "–";
  let value = bytes;
  let step = 0;
  while (value >= 999.5 && step < units.length - 1) {
    value /= 1000;
    step++;
  }
  const text = step === 0 || value >= 9.95 ? value.toFixed(0) : value.toFixed(1);
  return `${text} ${units[step] ?? "B"}`;
}
