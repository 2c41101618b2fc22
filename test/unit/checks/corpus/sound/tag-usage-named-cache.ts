import { invalidateTag } from "zcache";

// @zcache cache: sessions, tags: ["session:{id}"]
export async function session(id: string): Promise<string> {
  return (await fetch(`/sessions/${id}`)).text();
}

export const end = (id: string): Promise<void> => invalidateTag(`session:${id}`, { cache: "sessions" });
export const endToo = (id: string): Promise<void> => session.invalidateTag(`session:${id}`);
