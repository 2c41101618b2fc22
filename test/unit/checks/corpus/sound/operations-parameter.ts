import "zcache";

export async function renew(load: (id: number) => Promise<string>, id: number): Promise<string> {
  return load.refresh(id);
}
