// Rows that an object keeps stand for a database, and what changes them ends the entry.
interface Row {
  readonly id: number;
  readonly name: string;
}

export class Rows {
  private rows: Row[] = [];

  replace(rows: Row[]): void {
    this.rows = rows;
  }

  // @zcache allow: changing-field
  async name(id: number): Promise<string | undefined> {
    return this.rows.find((row) => row.id === id)?.name;
  }
}
