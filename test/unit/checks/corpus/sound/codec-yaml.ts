// @zcache codec: yaml
export async function config(name: string): Promise<{ name: string; ports: number[]; limit: number }> {
  return { name, ports: [80], limit: name === "" ? Infinity : 1 };
}
