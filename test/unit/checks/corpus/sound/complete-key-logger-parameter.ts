interface Logger {
  info(text: string): void;
}
declare const db: { get(id: number): Promise<string> };

// @zcache key: "user:{id}"
export async function user(id: number, logger: Logger): Promise<string> {
  logger.info(`loading ${id}`);
  return db.get(id);
}
