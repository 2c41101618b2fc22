enum Plan {
  Free,
  Pro,
}

// @zcache ttl: 1m
export async function limits(plan: Plan, region: "eu" | "us"): Promise<number> {
  return plan === Plan.Pro ? region.length : 0;
}
