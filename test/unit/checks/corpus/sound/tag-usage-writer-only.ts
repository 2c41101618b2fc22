import { invalidateTag } from "zcache";

// The functions that carry it belong to another program.
export const rename = (id: number): Promise<void> => invalidateTag(`user:${id}`);
