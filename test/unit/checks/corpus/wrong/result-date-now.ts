// expect: hint undetermined-result@2:4
// @zcache ttl: 10m
export async function token(user: string): Promise<{ user: string; expiresAt: number }> {
  return { user, expiresAt: Date.now() + 60_000 };
}
