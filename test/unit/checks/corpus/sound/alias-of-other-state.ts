const state = { region: "eu", users: 0 };

export function count(): void {
  const current = state;
  current.users += 1;
}

// @zcache
export async function prices(id: number): Promise<string> {
  return `${state.region}:${id}`;
}
