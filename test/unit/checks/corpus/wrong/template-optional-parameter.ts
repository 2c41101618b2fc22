// expect: possibly-undefined@6:25
interface Org {
  id: number;
}

// @zcache key: "users:{org.id}"
export async function listUsers(org?: Org): Promise<number[]> {
  return org ? [org.id] : [];
}
