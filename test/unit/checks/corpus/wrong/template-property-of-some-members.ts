// expect: unknown-property@4:33
type Target = { kind: "user"; userId: string } | { kind: "team"; teamId: string };

// @zcache key: "access:{target.userId}"
export async function accessOf(target: Target): Promise<string[]> {
  return [target.kind];
}
