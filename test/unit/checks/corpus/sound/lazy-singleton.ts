declare const db: { get(...values: unknown[]): Promise<string> };

let connection: typeof db | undefined;
async function connect(): Promise<typeof db> {
  return (connection ??= db);
}

// @zcache ttl: 1m
export async function row(id: number): Promise<string> {
  return (await connect()).get(id);
}
