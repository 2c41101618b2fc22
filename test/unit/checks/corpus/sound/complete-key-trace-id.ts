declare const db: { get(id: number): Promise<string> };
declare const logger: { debug(fields: object, text: string): void };

// @zcache key: "user:{id}"
export async function user(id: number, traceId: string): Promise<string> {
  logger.debug({ traceId, id }, "loading");
  return db.get(id);
}
