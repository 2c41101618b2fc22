import { invalidateTag } from "zcache";

interface Org {
  id: number;
}

// @zcache tags: ["org:{org?.id}"]
export async function members(org: Org | null): Promise<string> {
  return (await fetch(`/members/${org?.id}`)).text();
}

export const forget = (org: Org): Promise<void> => invalidateTag(`org:${org.id}`);
