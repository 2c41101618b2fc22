// expect: incomplete-key@11:6
// A method of the class that extends the base puts its caller's value into the base's field.
declare const pool: { query(schema: string, sql: string): Promise<string> };

abstract class BaseRunner {
  schema = "public";
  abstract use(schema: string): void;
}

class PostgresRunner extends BaseRunner {
  // @zcache
  async query(sql: string): Promise<string> {
    return pool.query(this.schema, sql);
  }

  use(schema: string): void {
    this.schema = schema;
  }
}

export const runner = new PostgresRunner();
