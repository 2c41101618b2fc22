type Target = { kind: "user"; userId: string } | { kind: "team"; teamId: string };

// @zcache key: "access:{target.kind}:{target.kind === 'user' ? target.userId : target.teamId}"
export async function accessOf(target: Target): Promise<string[]> {
  return [target.kind === "user" ? target.userId : target.teamId];
}
