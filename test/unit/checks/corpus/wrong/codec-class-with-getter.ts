// expect: unfaithful-codec@12:4
class Article {
  constructor(
    readonly title: string,
    readonly body: string,
  ) {}
  get summary(): string {
    return this.body.slice(0, 100);
  }
}

// @zcache ttl: 10m
export async function article(slug: string): Promise<Article> {
  return new Article(slug, slug);
}
