/** Mentions @zcache in prose, because it is not cached. */
export async function prose(id: number): Promise<number> {
  return id;
}

/** @cache of the browser holds it. */
export async function other(id: number): Promise<number> {
  return id;
}

// Write to ops@zcache.example about @cached values.
export async function mail(id: number): Promise<number> {
  return id;
}

// @zcahe
export const value = 1;

// @zcache ttl: 5m
// Note: @zcache works with prose below it.
// Key users of it are the pages.
export async function annotated(id: number): Promise<number> {
  return id;
}

const limit = 20;

// @zcache
export async function constants(page = limit, sizes = new Set([limit]), last = Math.max(limit, 2)): Promise<number> {
  return page + sizes.size + last;
}

// zcache keeps nothing of this, because it writes.
export async function named(id: number): Promise<number> {
  return id;
}
