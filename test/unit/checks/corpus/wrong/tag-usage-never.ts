// expect: hint never-invalidated-tag@4:32
import { invalidateTag } from "zcache";

// @zcache tags: ["user:{id}", "org:{org}"]
export async function user(id: number, org: number): Promise<string> {
  return (await fetch(`/orgs/${org}/users/${id}`)).text();
}

export const rename = (id: number): Promise<void> => invalidateTag(`user:${id}`);
