// expect: unknown-tag@10:23, hint never-invalidated-tag@4:19
import { invalidateTag } from "zcache";

// @zcache tags: ["organisation:{id}"]
export async function organisation(id: number): Promise<string> {
  return (await fetch(`/organisations/${id}`)).text();
}

export async function rename(id: number): Promise<void> {
  await invalidateTag(`organization:${id}`);
}
