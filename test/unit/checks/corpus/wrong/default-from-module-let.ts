// expect: changing-default@9:4
declare const db: { get(...values: unknown[]): Promise<string> };

let locale = "en";
export const setLocale = (next: string): void => {
  locale = next;
};

// @zcache ttl: 1m
export async function text(name: string, language = locale): Promise<string> {
  return db.get(name, language);
}
