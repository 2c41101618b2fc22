// expect: incomplete-key@13:4
interface Translator {
  setLocale(locale: string): void;
  translate(text: string): string;
}
declare function createTranslator(options: object): Translator;
const translator = createTranslator({ fallback: "en" });

export function useLanguageOf(request: { readonly language: string }): void {
  translator.setLocale(request.language);
}

// @zcache
export async function greeting(name: string): Promise<string> {
  return `${translator.translate("hello")} ${name}`;
}
