import { invalidateTag } from "zcache";

// @zcache tags: ["org:{id}"]
export async function name(id: string): Promise<string> {
  return (await fetch(`/orgs/${id}`)).text();
}

export const forget = (id: string): Promise<void> => invalidateTag(`org:${id}`);
