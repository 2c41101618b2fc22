// expect: incomplete-key@8:4
const flags = new Map<string, boolean>();

export function set(name: string, isOn: boolean): void {
  flags.set(name, isOn);
}

// @zcache
export async function load(id: number): Promise<string> {
  return [...flags.values()].join() + id;
}
