// expect: incomplete-key@8:6
import { format } from "node:util";

declare function query(...parts: unknown[]): Promise<string>;

export class Invoices {
  constructor(readonly tenant: string) {}
  // @zcache
  async load(id: number): Promise<string> {
    return query(format("%j", this), id);
  }
}
