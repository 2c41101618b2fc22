import { invalidateTag } from "zcache";

// @zcache tags: ["user:{id}", "team:{team}"]
export async function user(id: number, team: number): Promise<string> {
  return (await fetch(`/teams/${team}/users/${id}`)).text();
}

export async function forget(tags: readonly string[]): Promise<void> {
  await Promise.all(tags.map((tag) => invalidateTag(tag)));
}
