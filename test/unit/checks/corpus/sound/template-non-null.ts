// @zcache key: "role:{claims.find((claim) => claim.type === 'sub')!.value}"
export async function roleOf(claims: { type: string; value: string }[]): Promise<string> {
  return claims.find((claim) => claim.type === "sub")!.value;
}
