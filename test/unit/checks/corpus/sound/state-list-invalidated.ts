const names: string[] = [];

export async function add(name: string): Promise<void> {
  names.push(name);
  await all.invalidate();
}

// @zcache
export const all = async (): Promise<string[]> => [...names];
