/** Returns a value of which nothing can be read, not even a text. */
export const hostile = (): unknown => Object.create(null);
export const throws = (): never => {
  throw hostile();
};
export const rejects = (): Promise<never> => Promise.reject(hostile());

/** A method may do this instead of what it should do. */
export const misdeeds: Readonly<Record<string, () => unknown>> = {
  throws,
  rejects,
  "returns nothing": () => undefined,
  "returns a promise of nonsense": async () => "nonsense",
};

export function textOf(thrown: unknown): string {
  try {
    return String((thrown as Error).stack ?? thrown);
  } catch {
    return "something hostile";
  }
}
