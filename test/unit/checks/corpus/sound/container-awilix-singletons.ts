declare const db: { get(...values: unknown[]): Promise<string> };

interface Cradle { database: typeof db; logger: { info(text: string): void } }

export function makeUsers({ database, logger }: Cradle) {
  return {
    // @zcache ttl: 1m
    async user(id: number): Promise<string> {
      logger.info("load");
      return database.get(id);
    },
  };
}
