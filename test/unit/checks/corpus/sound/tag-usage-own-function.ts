declare const store: { drop(tag: string): Promise<void> };

async function invalidateTag(tag: string): Promise<void> {
  await store.drop(tag);
}

// @zcache tags: ["user:{id}"], allow: never-invalidated-tag
export async function user(id: number): Promise<string> {
  return (await fetch(`/users/${id}`)).text();
}

export const rename = (): Promise<void> => invalidateTag("usr:5");
