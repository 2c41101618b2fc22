interface Org {
  id: number;
}

// @zcache key: "users:{org ? org.id : 0}"
export async function listUsers(org?: Org): Promise<number[]> {
  return org ? [org.id] : [];
}
