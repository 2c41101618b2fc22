/** A text of which parts are open: what a template can produce. */
export type TextPattern = readonly PatternPart[];

export type PatternPart =
  /** A text that stands there. */
  | string
  /** One or more characters that `chars` allows, or none where `optional` is set; the first may have a rule of its own. */
  | OpenPart;

export interface OpenPart {
  readonly first: RegExp;
  readonly further: RegExp;
  readonly optional: boolean;
}

/** Any text, also none. */
export const anyText: OpenPart = { first: /[^]/u, further: /[^]/u, optional: true };

/** Is there a text that both patterns can produce? */
export function intersects(a: TextPattern, b: TextPattern): boolean {
  const [left, right] = [stepsOf(a), stepsOf(b)];
  const seen = new Set<number>();
  const meet = (i: number, j: number): boolean => {
    const place = i * (right.length + 1) + j;
    if (seen.has(place)) return false;
    seen.add(place);
    const [one, other] = [left[i], right[j]];
    if (!one && !other) return true;
    if (one?.repeats && meet(i + 1, j)) return true;
    if (other?.repeats && meet(i, j + 1)) return true;
    if (!one || !other || !agree(one, other)) return false;
    const nextOnes = one.repeats ? [i, i + 1] : [i + 1];
    const nextOthers = other.repeats ? [j, j + 1] : [j + 1];
    return nextOnes.some((nextI) => nextOthers.some((nextJ) => meet(nextI, nextJ)));
  };
  return meet(0, 0);
}

/** One character, or any number of them. */
interface Step {
  /** The character, or which ones may stand here. */
  readonly allowed: string | RegExp;
  readonly repeats: boolean;
}

function stepsOf(pattern: TextPattern): Step[] {
  return pattern.flatMap((part): Step[] => {
    if (typeof part === "string") return Array.from(part).map((allowed) => ({ allowed, repeats: false }));
    const further = { allowed: part.further, repeats: true };
    return part.optional ? [further] : [{ allowed: part.first, repeats: false }, further];
  });
}

const samples = ["a", "5", "-", ":", "("];

/** Two open places agree when some character suits both: a letter or a digit, for no place is open to others only. */
function agree({ allowed: a }: Step, { allowed: b }: Step): boolean {
  if (typeof a === "string") return typeof b === "string" ? a === b : b.test(a);
  if (typeof b === "string") return a.test(b);
  return samples.some((sample) => a.test(sample) && b.test(sample));
}
