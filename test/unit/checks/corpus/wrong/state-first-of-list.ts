// expect: incomplete-key@8:4
const regions = ["eu"];

export function prefer(region: string): void {
  regions.unshift(region);
}

// @zcache
export async function load(id: number): Promise<string> {
  return regions.at(0) + String(id);
}
