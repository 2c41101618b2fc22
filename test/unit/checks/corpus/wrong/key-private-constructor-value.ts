// expect: unkeyable-value@10:25
class Locale {
  static readonly dutch = new Locale("nl");
  private constructor(private readonly code: string) {}
  get language(): string {
    return this.code;
  }
}

// @zcache key: "texts:{0}"
export async function texts(locale: Locale): Promise<Record<string, string>> {
  return { language: locale.language };
}
