interface Context {
  readonly db: { get(id: number): Promise<string> };
  log(text: string): void;
}

// @zcache key: "user:{id}"
export async function user(context: Context, id: number): Promise<string> {
  context.log("loading");
  return context.db.get(id);
}
