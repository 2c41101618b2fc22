// expect: incomplete-key@8:4
const state = { region: "eu" };

export function move(region: string): void {
  state.region = region;
}

// @zcache
export async function load(id: number): Promise<string> {
  return Object.entries(state).join() + id;
}
