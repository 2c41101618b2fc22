// expect: unknown-tag@10:61, hint never-invalidated-tag@4:19
import { invalidateTag } from "zcache";

// @zcache tags: ["page:{no}"]
export async function page(no: number): Promise<string> {
  return (await fetch(`/pages/${no}`)).text();
}

// There are no wildcards.
export const forgetAll = (): Promise<void> => invalidateTag("page:*");
