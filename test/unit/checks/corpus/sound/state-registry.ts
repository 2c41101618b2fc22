const handlers = new Map<string, (text: string) => string>();
export function register(name: string, handler: (text: string) => string): void {
  handlers.set(name, handler);
}

// @zcache
export async function render(name: string, text: string): Promise<string> {
  return handlers.get(name)?.(text) ?? text;
}
