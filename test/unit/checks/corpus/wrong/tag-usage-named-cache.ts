// expect: tag-of-other-cache@9:65, hint never-invalidated-tag@4:19
import { invalidateTag } from "zcache";

// @zcache tags: ["session:{id}"]
export async function session(id: string): Promise<string> {
  return (await fetch(`/sessions/${id}`)).text();
}

export const end = (id: string): Promise<void> => invalidateTag(`session:${id}`, { cache: "sessions" });
