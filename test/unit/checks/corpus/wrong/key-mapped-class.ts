// expect: unkeyable-value@13:4, unkeyable-value@18:4, hint unkeyable-value@23:4
// What has all the methods is an instance, or holds functions: neither can be in a key.
class Account {
  constructor(readonly id: number) {}
  async balance(): Promise<number> {
    return this.id;
  }
}

interface Clock {
  now(): number;
}
// @zcache ttl: 1m
export async function balance(account: Readonly<Account>): Promise<number> {
  return account.balance();
}

// @zcache ttl: 1m
export async function total(accounts: Record<string, Account>): Promise<number> {
  return Object.keys(accounts).length;
}

// @zcache ttl: 1m
export async function hour(clock?: Partial<Clock>): Promise<number> {
  return (clock?.now?.() ?? 0) / 3600;
}
