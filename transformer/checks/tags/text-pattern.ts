/** A text with open parts: the texts that a template can produce. */
export type TextPattern = readonly PatternPart[];

export type PatternPart =
  /** A fixed text. */
  | string
  /**
   * One or more characters that `chars` allows, or none if `optional` is set. The first may have a
   * rule of its own.
   */
  | OpenPart;

export interface OpenPart {
  readonly first: RegExp;
  readonly further: RegExp;
  readonly optional: boolean;
}

/** Any text, including an empty one. */
export const anyText: OpenPart = { first: /[^]/u, further: /[^]/u, optional: true };

const knownRough = new WeakMap<readonly string[], TextPattern>();

/**
 * Returns the pattern of a template without types: whatever the types are, the template produces no
 * other texts.
 */
export function roughPattern(texts: readonly string[]): TextPattern {
  let pattern = knownRough.get(texts);
  if (!pattern)
    knownRough.set(
      texts,
      (pattern = texts.flatMap((text, i) => (i === 0 ? [text] : [anyText, text]))),
    );
  return pattern;
}

/**
 * A pattern that takes types to find out, and is computed only if the rough one leaves the question
 * open.
 */
export class LazyPattern {
  #exact: readonly TextPattern[] | null = null;

  constructor(
    readonly rough: TextPattern,
    private readonly find: () => readonly TextPattern[],
  ) {}

  /** Returns several if it is one of them. */
  get exact(): readonly TextPattern[] {
    return (this.#exact ??= this.find());
  }

  meets(pattern: TextPattern): boolean {
    return intersects(this.rough, pattern) && this.exact.some((one) => intersects(one, pattern));
  }
}

/** Whether there is a text that both patterns can produce. */
export function intersects(a: TextPattern, b: TextPattern): boolean {
  const [left, right] = [stepsOf(a), stepsOf(b)];
  if (differAtOnce(left, right)) return false;
  // These are pairs of positions that some text leads to in both. The stack is explicit, because
  // texts may be long.
  const seen = new Set<number>([0]);
  const open: [number, number][] = [[0, 0]];
  const meet = (i: number, j: number): void => {
    const place = i * (right.length + 1) + j;
    if (!seen.has(place)) open.push([i, j]);
    seen.add(place);
  };
  for (let places = open.pop(); places; places = open.pop()) {
    const [i, j] = places;
    const [one, other] = [left[i], right[j]];
    if (!one && !other) return true;
    if (one?.repeats) meet(i + 1, j);
    if (other?.repeats) meet(i, j + 1);
    if (!one || !other || !agree(one, other)) continue;
    for (const nextI of one.repeats ? [i, i + 1] : [i + 1])
      for (const nextJ of other.repeats ? [j, j + 1] : [j + 1]) meet(nextI, nextJ);
  }
  return false;
}

/**
 * Whether the patterns differ in their first words, as most do, which is seen without looking for a
 * common text.
 */
function differAtOnce(left: readonly Step[], right: readonly Step[]): boolean {
  for (let i = 0; ; i++) {
    const [one, other] = [left[i]?.allowed, right[i]?.allowed];
    if (typeof one !== "string" || typeof other !== "string") return false;
    if (one !== other) return true;
  }
}

/** One character, or any number of them. */
interface Step {
  /** The character, or the characters that are allowed here. */
  readonly allowed: string | RegExp;
  readonly repeats: boolean;
}

const known = new WeakMap<TextPattern, readonly Step[]>();

/** Keeps the steps, because each pattern is compared with many. */
function stepsOf(pattern: TextPattern): readonly Step[] {
  let steps = known.get(pattern);
  if (!steps) known.set(pattern, (steps = makeSteps(pattern)));
  return steps;
}

function makeSteps(pattern: TextPattern): Step[] {
  return pattern.flatMap((part): Step[] => {
    if (typeof part === "string")
      return Array.from(part).map((allowed) => ({ allowed, repeats: false }));
    const further = { allowed: part.further, repeats: true };
    return part.optional ? [further] : [{ allowed: part.first, repeats: false }, further];
  });
}

const samples = ["a", "5", "-", ":", "("];

/**
 * Whether two open places have a common character: a letter or a digit, because no place accepts
 * only others.
 */
function agree({ allowed: a }: Step, { allowed: b }: Step): boolean {
  if (typeof a === "string") return typeof b === "string" ? a === b : b.test(a);
  if (typeof b === "string") return a.test(b);
  return samples.some((sample) => a.test(sample) && b.test(sample));
}
