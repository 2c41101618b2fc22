export async function roleOf(claims: Claim[]): Promise<string> {
  return claims.map(({ type, value }) => type + value).join();
}
