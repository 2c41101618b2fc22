// expect: unkeyable-value@7:4
declare class Client {
  query(sql: string, values: unknown[]): Promise<{ name: string }[]>;
}

// A transaction is handed down as the first argument.
// @zcache ttl: 10m
export async function userNames(client: Client, teamId: number): Promise<string[]> {
  const rows = await client.query("select name from users where team = $1", [teamId]);
  return rows.map(({ name }) => name);
}
