// What an object does when it is released is its own affair: it keeps a function for that until then.
interface Connection {
  query(sql: string): Promise<string>;
}
interface Pool {
  reader(): Promise<[Connection, () => void]>;
  writer(): Promise<[Connection, () => void]>;
}

abstract class BaseRunner {
  protected onRelease?: (() => void) | undefined;
  constructor(protected readonly pool: Pool) {}
}

export class Runner extends BaseRunner {
  // @zcache
  async query(sql: string, isReading: boolean): Promise<string> {
    const connection = await this.connect(isReading);
    const rows = await connection.query(sql);
    this.release();
    return rows;
  }

  private async connect(isReading: boolean): Promise<Connection> {
    const [connection, release] = isReading ? await this.pool.reader() : await this.pool.writer();
    if (isReading) {
      this.onRelease = () => release();
    } else {
      this.onRelease = () => {
        release();
        release();
      };
    }
    return connection;
  }

  release(): void {
    if (!this.onRelease) return;
    this.onRelease();
    this.onRelease = undefined;
  }
}
