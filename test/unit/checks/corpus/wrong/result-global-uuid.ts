// expect: hint undetermined-result@2:4
// @zcache ttl: 10m
export async function idempotencyKey(order: string): Promise<string> {
  return `${order}:${crypto.randomUUID()}`;
}
