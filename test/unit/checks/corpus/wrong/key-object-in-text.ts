// expect: object-in-text@7:32
interface Org {
  id: number;
}

// Every organisation has the key "users:org-[object Object]".
// @zcache key: "users:{`org-${org}`}"
export async function listUsers(org: Org): Promise<number[]> {
  return [org.id];
}
