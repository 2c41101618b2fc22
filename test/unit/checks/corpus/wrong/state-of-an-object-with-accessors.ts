// expect: incomplete-key@16:4
const settings = {
  values: { locale: "en" },
  get locale(): string {
    return this.values.locale;
  },
  set locale(locale: string) {
    this.values.locale = locale;
  },
};

export function speak(locale: string): void {
  settings.locale = locale;
}

// @zcache ttl: 1h
export async function text(key: string): Promise<string> {
  return `${settings.locale}:${key}`;
}
