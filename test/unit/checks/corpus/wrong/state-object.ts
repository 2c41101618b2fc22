// expect: incomplete-key@11:4, incomplete-key@16:4
const state = { region: "eu", user: { locale: "en" } };

export function setRegion(region: string): void {
  state.region = region;
}
export function setLocale(locale: string): void {
  state.user.locale = locale;
}

// @zcache
export async function stock(sku: string): Promise<string> {
  return (await fetch(`https://${state.region}.test/${sku}`)).text();
}

// @zcache
export async function label(sku: string): Promise<string> {
  const { locale } = state.user;
  return (await fetch(`/labels/${locale}/${sku}`)).text();
}
