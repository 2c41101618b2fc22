/**
 * A text may contain half of a surrogate pair: a name that was cut inside an emoji. UTF-8 has no
 * form for it, so Redis gets U+FFFD in its place, and reports the key by that name.
 */
interface Text {
  isWellFormed(): boolean;
  toWellFormed(): string;
}

export function isWellFormed(text: string): boolean {
  return (text as unknown as Text).isWellFormed();
}

export function toWellFormed(text: string): string {
  return (text as unknown as Text).toWellFormed();
}
