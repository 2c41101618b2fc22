// expect: not-annotated@10:14
import "zcache";

async function save(id: number, name: string): Promise<void> {
  await fetch(`/${id}`, { method: "PUT", body: name });
}

export async function rename(id: number): Promise<void> {
  await save(id, "new");
  await save.invalidateTag(`user:${id}`);
}
