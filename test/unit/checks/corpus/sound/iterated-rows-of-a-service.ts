declare const db: { all(): Promise<Iterable<string>> };

export class Rows {
  // @zcache ttl: 1m
  async joined(separator: string): Promise<string> {
    return [...(await db.all())].join(separator);
  }
}
