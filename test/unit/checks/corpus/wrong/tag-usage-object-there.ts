// expect: object-in-text@14:25, tag-meaning@14:25
import { invalidateTag } from "zcache";

interface Org {
  id: number;
  name: string;
}

// @zcache tags: ["org:{id}"]
export async function name(id: number): Promise<string> {
  return (await fetch(`/orgs/${id}`)).text();
}

// @zcache tags: ["org:{org}"]
export async function members(org: Org): Promise<string[]> {
  return (await (await fetch(`/orgs/${org.id}/members`)).json()) as string[];
}

export const forget = (id: number): Promise<void> => invalidateTag(`org:${id}`);
