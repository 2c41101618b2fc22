// expect: incomplete-key@4:17
declare const texts: { load(id: string, locale: string): Promise<string> };

// @zcache key: "article:{id}"
export async function article(id: string, locale = "en"): Promise<string> {
  return texts.load(id, locale);
}
