// expect: incomplete-key@8:4
const bans = new Set<string>();

export function ban(word: string): void {
  bans.add(word);
}

// @zcache
export async function load(id: number): Promise<string> {
  let all = "";
  for (const word of bans) all += word;
  return all + id;
}
