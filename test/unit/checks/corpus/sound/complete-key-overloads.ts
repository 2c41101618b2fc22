declare const db: { get(id: number, locale: string): Promise<string> };

export function text(id: number): Promise<string>;
export function text(id: number, locale: string): Promise<string>;
// @zcache key: "text:{id}:{locale}"
export async function text(id: number, locale = "en"): Promise<string> {
  return db.get(id, locale);
}
