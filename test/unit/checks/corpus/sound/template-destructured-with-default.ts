// @zcache key: "posts:{author.toLowerCase()}:{tag.length}"
export async function posts({ author, tag = "" }: { author: string; tag?: string }): Promise<string[]> {
  return [author.toLowerCase() + tag.length];
}
