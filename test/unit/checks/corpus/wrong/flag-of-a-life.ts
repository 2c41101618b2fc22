// expect: hint changing-field@11:6
// Whether an object has been released is a matter of its life: the class that extends the base sets it itself.
declare const pool: { query(sql: string): Promise<string> };

abstract class BaseRunner {
  isReleased = false;
  abstract release(): Promise<void>;
}

class PostgresRunner extends BaseRunner {
  // @zcache
  async query(sql: string): Promise<string> {
    if (this.isReleased) throw new Error("It has been released.");
    return pool.query(sql);
  }

  async release(): Promise<void> {
    this.isReleased = true;
  }
}

export const runner = new PostgresRunner();
