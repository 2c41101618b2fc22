// expect: possibly-undefined@7:24
interface Claim {
  type: string;
  value: string;
}

// @zcache key: "role:{claims.find((claim) => claim.type === 'sub').value}"
export async function roleOf(claims: Claim[]): Promise<string> {
  return claims.map(({ type, value }) => type + value).join();
}
