import { AsyncLocalStorage } from "node:async_hooks";

declare function query(...parts: unknown[]): Promise<string>;

export const requests = new AsyncLocalStorage<{ tenant: string }>();
interface Clock {
  today(): string;
}
export class SystemClock implements Clock {
  constructor(private readonly day: string) {}
  today(): string {
    return this.day;
  }
}
export class Prices {
  constructor(private readonly clock: Clock) {}
  // @zcache
  async price(id: number): Promise<string> {
    return query(this.clock.today(), id);
  }
}
