interface Translator {
  setLocale(locale: string): void;
  translate(text: string): string;
}
declare function createTranslator(options: object): Translator;
const translator = createTranslator({ fallback: "en" });
translator.setLocale(process.env["LOCALE"] ?? "en");

// @zcache
export async function greeting(name: string): Promise<string> {
  return `${translator.translate("hello")} ${name}`;
}
