// Some of an article's data, written as a plain object: the class's methods and getters were never in it.
class Article {
  id = 0;
  title = "";
  get slug(): string {
    return this.title.toLowerCase();
  }
  async save(): Promise<void> {}
}

// @zcache ttl: 10m
export async function draft(title: string): Promise<Partial<Article>> {
  return { title };
}

// @zcache ttl: 10m
export async function heading(id: number): Promise<Pick<Article, "id" | "title">> {
  return { id, title: "" };
}
