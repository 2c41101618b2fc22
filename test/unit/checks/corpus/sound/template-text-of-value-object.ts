class Slug {
  constructor(private readonly words: readonly string[]) {}
  toString(): string {
    return this.words.join("-");
  }
}

// @zcache key: "post:{`${slug}`}"
export async function post(slug: Slug): Promise<string> {
  return slug.toString();
}
