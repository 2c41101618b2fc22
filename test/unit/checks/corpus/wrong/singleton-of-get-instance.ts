// expect: incomplete-key@16:4
class Settings {
  private static instance: Settings | null = null;
  locale = "en";

  static getInstance(): Settings {
    Settings.instance ??= new Settings();
    return Settings.instance;
  }
}

export function switchTo(locale: string): void {
  Settings.getInstance().locale = locale;
}

// @zcache
export async function title(id: number): Promise<string> {
  return `${Settings.getInstance().locale}:${id}`;
}
