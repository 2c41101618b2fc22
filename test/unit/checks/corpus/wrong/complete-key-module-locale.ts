// expect: incomplete-key@12:17
declare const texts: { get(locale: string, id: string): Promise<string> };

let locale = "en";
export const german = (): void => {
  locale = "de";
};
export const english = (): void => {
  locale = "en";
};

// @zcache key: "text:{id}"
export async function text(id: string): Promise<string> {
  return texts.get(locale, id);
}
