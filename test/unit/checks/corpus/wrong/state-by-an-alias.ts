// expect: incomplete-key@9:4
const state = { region: "eu", users: 0 };

export function move(region: string): void {
  const current = state;
  current.region = region;
}

// @zcache
export async function prices(id: number): Promise<string> {
  return `${state.region}:${id}`;
}
