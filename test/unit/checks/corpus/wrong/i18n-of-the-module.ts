// expect: incomplete-key@16:4
interface I18n {
  locale: string;
  t(key: string): string;
}
declare class I18nJs implements I18n {
  locale: string;
  t(key: string): string;
}
const i18n = new I18nJs();

export function handle(request: { readonly language: string }): void {
  i18n.locale = request.language;
}

// @zcache ttl: 1h
export async function label(key: string): Promise<string> {
  return i18n.t(key);
}
