// expect: unknown-tag@4:68
import { invalidateTag } from "zcache";

export const rename = (id: number): Promise<void> => invalidateTag(`members:${id}`);
