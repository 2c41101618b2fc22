// A mapped type of a class is no instance: what is written for it is a plain object, without the class's methods.
class Article {
  id = 0;
  title = "";
  constructor(attributes: Partial<Article>) {
    Object.assign(this, attributes);
  }
  async save(): Promise<void> {}
}

interface Session {
  readonly user: string;
  touch(): void;
}

// @zcache ttl: 1m
export async function find(where: Partial<Article>): Promise<string> {
  return `${where.id} ${where.title}`;
}

// @zcache ttl: 1m
export async function titleOf(article: Pick<Article, "id" | "title">): Promise<string> {
  return article.title;
}

// @zcache ttl: 1m
export async function userOf(session: Readonly<Omit<Session, "touch">>, names: Record<string, string>): Promise<string> {
  return names[session.user] ?? session.user;
}
