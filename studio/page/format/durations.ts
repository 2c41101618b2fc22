const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

/**
 * Returns "0.04 ms", "12 ms", "3.4 s", "12 min", "5 h 10 min", "3 d 4 h", with two numbers at most.
 */
export function formatDuration(ms: number | null): string {
  if (ms === null) return "–";
  const size = Math.abs(ms);
  const sign = ms < 0 ? "−" : "";
  return sign + (size < minute ? short(size) : long(size));
}

function short(ms: number): string {
  if (ms === 0) return "0 ms";
  if (ms < 0.01) return `${Math.max(1, Math.round(ms * 1000))} µs`;
  if (ms < 0.995) return `${ms.toFixed(2)} ms`;
  if (ms < 9.95) return `${ms.toFixed(1)} ms`;
  if (ms < 999.5) return `${ms.toFixed(0)} ms`;
  return ms < 9950 ? `${(ms / second).toFixed(1)} s` : `${Math.min(59, Math.round(ms / second))} s`;
}

function long(ms: number): string {
  if (ms < hour) return pair(ms, minute, "min", second, "s");
  if (ms < day) return pair(ms, hour, "h", minute, "min");
  return pair(ms, day, "d", hour, "h");
}

function pair(
  ms: number,
  large: number,
  largeUnit: string,
  little: number,
  littleUnit: string,
): string {
  const count = Math.floor(ms / large);
  const rest = Math.floor((ms % large) / little);
  return rest === 0 || count >= 10
    ? `${count} ${largeUnit}`
    : `${count} ${largeUnit} ${rest} ${littleUnit}`;
}
