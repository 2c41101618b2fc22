import { invalidateTag } from "zcache";
import { tagOf } from "./tags";
import type { User } from "./user";

export async function rename(user: User): Promise<void> {
  await invalidateTag(`user:${user.id}`);
  await invalidateTag(tagOf.list);
}
