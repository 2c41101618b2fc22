// expect: incomplete-key@10:6, incomplete-key@15:6
interface Row {
  id: number;
}
declare function query(text: string): Promise<Row[]>;

export class Ledger {
  constructor(readonly schema: string) {}

  // @zcache
  async rows(year: number): Promise<Row[]> {
    return query(`select * from ${tableOf(this)} where year = ${year}`);
  }

  // @zcache
  async first(year: number): Promise<Row | undefined> {
    return (await query(`${describe({ ledger: this, year })} limit 1`))[0];
  }
}

function tableOf(ledger: Ledger): string {
  return `${ledger.schema}.ledger`;
}

function describe({ ledger, year }: { ledger: Ledger; year: number }): string {
  return `select * from ${tableOf(ledger)} where year = ${year}`;
}
