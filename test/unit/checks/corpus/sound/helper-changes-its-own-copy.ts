interface State {
  region: string;
}
const defaults: State = { region: "eu" };

function patch(target: State, region: string): State {
  target.region = region;
  return target;
}

export function move(region: string): State {
  return patch({ ...defaults }, region);
}

// @zcache
export async function prices(id: number): Promise<string> {
  return `${defaults.region}:${id}`;
}
