interface Org {
  id: number;
}

// @zcache key: "users:{org && org.id}"
export async function listUsers(org: Org | null): Promise<number[]> {
  return org ? [org.id] : [];
}
