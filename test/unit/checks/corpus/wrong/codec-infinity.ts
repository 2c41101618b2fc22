// expect: unfaithful-codec@2:4
// @zcache ttl: 10m
export async function limits(plan: string): Promise<{ seats: number }> {
  return { seats: plan === "enterprise" ? Infinity : 5 };
}
