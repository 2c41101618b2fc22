import { invalidateTag } from "zcache";

class Decimal {
  constructor(private readonly digits: string) {}
  toString(): string {
    return this.digits;
  }
}

interface Prices {
  of(price: Decimal, account: bigint, at: Date, page: URL): Promise<number>;
}

export class Shop {
  constructor(private readonly prices: Prices) {}

  // @zcache ttl: 5m, key: "{price}", tags: ["price:{price}", "account:{account}", "at:{at}", "page:{page}"], allow: incomplete-key
  async find(price: { toString(): string; toJSON(): string } & Decimal, account: bigint, at: Date, page: URL): Promise<number> {
    return this.prices.of(price, account, at, page);
  }
}

export async function changed(price: Decimal, account: bigint, at: Date, page: URL): Promise<void> {
  await Promise.all([`price:${price}`, `account:${account}`, `at:${at}`, `page:${page}`].map((tag) => invalidateTag(tag)));
  await invalidateTag(`price:${price}`);
  await invalidateTag(`account:${account}`);
  await invalidateTag(`at:${at}`);
  await invalidateTag(`page:${page}`);
}
