import "zcache";

// @zcache
export async function user(id: number): Promise<string> {
  return (await fetch(`/users/${id}`)).text();
}

export const forget = (id: number): Promise<void> => user.invalidate(id);
