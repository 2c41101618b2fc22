// expect: incomplete-key@8:4
const state = { region: "eu", currency: "EUR" };

export function move(region: string): void {
  state.region = region;
}

// @zcache
export async function load(id: number): Promise<string> {
  return JSON.stringify(state) + id;
}
