class Settings {
  private static instance: Settings | null = null;
  private locale = "en";

  static getInstance(): Settings {
    Settings.instance ??= new Settings();
    return Settings.instance;
  }

  configure(options: { readonly locale: string }): void {
    this.locale = options.locale;
  }

  get language(): string {
    return this.locale;
  }
}

export function bootstrap(): void {
  Settings.getInstance().configure({ locale: "de" });
}

// @zcache
export async function title(id: number): Promise<string> {
  return `${Settings.getInstance().language}:${id}`;
}
