// expect: incomplete-key@9:4
export class Session {
  static locale = "en";
  static use(locale: string): void {
    Session.locale = locale;
  }
}

// @zcache
export async function label(name: string): Promise<string> {
  return (await fetch(`/labels/${Session.locale}/${name}`)).text();
}
