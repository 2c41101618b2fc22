interface I18n {
  changeLanguage(language: string): void;
  t(key: string, options: { readonly lng: string }): string;
}
declare function createI18n(): I18n;

// @zcache ttl: 1h
export async function label(key: string, lng: string): Promise<string> {
  const i18n = createI18n();
  i18n.changeLanguage(lng);
  return i18n.t(key, { lng });
}
