// expect: incomplete-key@4:17
declare const db: { withTags(author: string, tags: readonly string[]): Promise<string[]> };

// @zcache key: "tagged:{author}"
export async function tagged(author: string, ...tags: string[]): Promise<string[]> {
  return db.withTags(author, tags);
}
