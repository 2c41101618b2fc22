// expect: unfaithful-codec@3:4
// JSON.stringify throws, so nothing is ever stored.
// @zcache ttl: 10m
export async function balance(account: string): Promise<bigint> {
  return BigInt(account.length);
}
