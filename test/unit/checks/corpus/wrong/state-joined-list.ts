// expect: incomplete-key@8:4
const features: string[] = [];

export function enable(feature: string): void {
  features.push(feature);
}

// @zcache
export async function load(id: number): Promise<string> {
  return features.join() + id;
}
