const whole = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const oneDigit = new Intl.NumberFormat("en", {
  minimumFractionDigits: 1,
  maximumFractionDigits: 1,
});

/** Returns "12,340". */
export function formatCount(count: number): string {
  return whole.format(count);
}

/** Returns "1 call", "12 calls". */
export function countOf(count: number, one: string, several = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : several}`;
}

/** Returns "97.2 %". Only a rate of exactly 0 or 1 is shown as 0 % or 100 %. */
export function formatRate(rate: number | null): string {
  if (rate === null) return "–";
  if (rate <= 0 || rate >= 1) return `${whole.format(rate * 100)} %`;
  return `${oneDigit.format(Math.min(99.9, Math.max(0.1, rate * 100)))} %`;
}

/** Returns "0.4/s", "1,204/s". */
export function formatPerSecond(count: number, seconds: number): string {
  if (seconds <= 0) return "–";
  const rate = count / seconds;
  return `${rate === 0 || rate >= 10 ? whole.format(rate) : oneDigit.format(Math.max(0.1, rate))}/s`;
}
