// What a memo has under a key that is made of the arguments is made of them too, and how full it is decides nothing.
class Memo<T> {
  private readonly kept = new Map<string, { readonly value: T; readonly until: number }>();
  get(key: string): T | undefined {
    const found = this.kept.get(key);
    return found && found.until > performance.now() ? found.value : undefined;
  }
  set(key: string, value: T): void {
    this.kept.set(key, { value, until: performance.now() + 1000 });
  }
}
const memo = new Memo<string>();
const folders = new Map<string, string | null>();
const limit = 1000;

declare const disk: { find(path: string): Promise<string | null> };

function describe(id: number): string {
  const key = `user:${id}`;
  const known = memo.get(key);
  if (known) return known;
  const value = `user ${id}`;
  memo.set(key, value);
  return value;
}

function keep(path: string, folder: string | null): void {
  if (folders.size >= limit && !folders.has(path)) {
    const oldest = folders.keys().next().value;
    if (oldest) folders.delete(oldest);
  }
  folders.set(path, folder);
}

// @zcache
export async function nameOf(id: number): Promise<string> {
  return describe(id);
}

// @zcache
export async function folderOf(path: string): Promise<string | null> {
  if (folders.has(path)) return folders.get(path) ?? null;
  const folder = await disk.find(path);
  keep(path, folder);
  return folder;
}
