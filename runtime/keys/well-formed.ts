/**
 * A text may hold half of a surrogate pair: a name that was cut inside an emoji. UTF-8 has no form for it, so that what is
 * sent to Redis has U+FFFD in its place, and that is the name by which Redis reports the key.
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
