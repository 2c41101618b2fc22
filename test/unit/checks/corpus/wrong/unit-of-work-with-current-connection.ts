// expect: caller-context@14:6
import { AsyncLocalStorage } from "node:async_hooks";

const transactions = new AsyncLocalStorage<{ query(text: string, id: number): Promise<string> }>();
declare const pool: { query(text: string, id: number): Promise<string> };
const connection = () => transactions.getStore() ?? pool;

abstract class Repository {
  protected query(text: string, id: number): Promise<string> {
    return connection().query(text, id);
  }
}
export class Users extends Repository {
  // @zcache ttl: 1m
  async user(id: number): Promise<string> {
    return this.query("select * from users where id = ?", id);
  }
}
