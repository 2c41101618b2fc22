/**
 * The confidence of the bounds: of a hundred programs that state one, about five have a rate above
 * it.
 */
export const confidence = 0.95;

/**
 * Returns the upper end of the one-sided 95 % confidence interval of a rate when `found` cases in
 * `samples` were seen. It is exact for independent samples: C. J. Clopper and E. S. Pearson, "The
 * use of confidence or fiducial limits illustrated in the case of the binomial", Biometrika 26
 * (1934), 404–413. With nothing found it is 1 − 0.05^(1/n), the "rule of three" of J. A. Hanley and
 * A. Lippman-Hand, "If nothing goes wrong, is everything all right?", JAMA 249 (1983), 1743–1745:
 * 3/n.
 *
 * @returns null without samples
 */
export function upperBound(samples: number, found: number): number | null {
  if (samples === 0) return null;
  if (found >= samples) return 1;
  if (found === 0) return -Math.expm1(Math.log(1 - confidence) / samples);
  // The rate at which this few cases, or fewer, would be seen in one of twenty samples.
  let low = found / samples;
  let high = 1;
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (chanceOfAtMost(found, samples, middle) > 1 - confidence) low = middle;
    else high = middle;
  }
  return high;
}

/**
 * The distribution function of the binomial distribution. Terms are added as logarithms, because
 * the first ones underflow.
 */
function chanceOfAtMost(found: number, samples: number, rate: number): number {
  const odds = Math.log(rate) - Math.log1p(-rate);
  let term = samples * Math.log1p(-rate);
  let largest = term;
  let sum = 1;
  for (let i = 1; i <= found; i++) {
    term += Math.log((samples - i + 1) / i) + odds;
    if (term > largest) {
      sum = sum * Math.exp(largest - term) + 1;
      largest = term;
    } else sum += Math.exp(term - largest);
  }
  return Math.exp(largest) * sum;
}

/**
 * Returns a bound on the rate of stale reads as the number of nines of fresh reads: 3 for 0.001. It
 * is null without samples.
 */
export function ninesOf(bound: number | null): number | null {
  return bound === null ? null : -Math.log10(bound) + 0;
}
