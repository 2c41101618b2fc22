// expect: incomplete-key@15:4
interface State {
  region: string;
}
const state: State = { region: "eu" };

function patch(target: State, region: string): void {
  target.region = region;
}

export function move(region: string): void {
  patch(state, region);
}

// @zcache
export async function prices(id: number): Promise<string> {
  return `${state.region}:${id}`;
}
