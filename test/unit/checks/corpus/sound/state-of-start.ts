const settings = { url: "" };
export function configure(url: string): void {
  settings.url = url;
}

// @zcache
export async function page(path: string): Promise<string> {
  return (await fetch(settings.url + path)).text();
}
