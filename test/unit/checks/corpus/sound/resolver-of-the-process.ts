declare const db: { one(...parts: readonly unknown[]): Promise<string> };
const resolvers: ((name: string) => string | undefined)[] = [];

export function registerResolver(resolve: (name: string) => string | undefined): void {
  resolvers.push(resolve);
}
registerResolver((name) => process.env[name]);

function setting(name: string): string {
  for (const resolve of resolvers) {
    const found = resolve(name);
    if (found !== undefined) return found;
  }
  return "";
}

// @zcache
export async function account(id: number): Promise<string> {
  return db.one(setting("SCHEMA"), id);
}
