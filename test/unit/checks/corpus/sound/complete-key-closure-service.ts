interface Database {
  get(id: number): Promise<string>;
}

export function createUsers(db: Database, logger: { info(text: string): void }) {
  // @zcache
  async function load(id: number): Promise<string> {
    logger.info(`loading ${id}`);
    return db.get(id);
  }
  return { load };
}
