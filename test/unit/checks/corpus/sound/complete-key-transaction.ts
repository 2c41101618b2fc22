interface Transaction {
  query(sql: string, values: unknown[]): Promise<string[]>;
  readonly id: string;
}

// @zcache key: "names:{team}"
export async function names(team: number, tx: Transaction): Promise<string[]> {
  return tx.query("select name from people where team = $1", [team]);
}
