declare const db: { get(id: number): Promise<string | null> };

// @zcache key: "user:{id}"
export async function user(id: number, askedBy: string): Promise<string> {
  const found = await db.get(id);
  if (found === null) throw new Error(`no user ${id}, asked for by ${askedBy}`);
  return found;
}
