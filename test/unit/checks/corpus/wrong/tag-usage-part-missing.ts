// expect: unknown-tag@9:69, hint never-invalidated-tag@4:19
import { invalidateTag } from "zcache";

// @zcache tags: ["org:{org}:user:{id}"]
export async function member(org: number, id: number): Promise<string> {
  return (await fetch(`/orgs/${org}/users/${id}`)).text();
}

export const forget = (org: number): Promise<void> => invalidateTag(`org:${org}`);
