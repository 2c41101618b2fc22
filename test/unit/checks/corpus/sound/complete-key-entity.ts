interface Org {
  id: number;
  name: string;
  plan: string;
}
declare const db: { members(org: number): Promise<string[]> };

// @zcache key: "members:{org.id}"
export async function members(org: Org): Promise<string> {
  return `${org.name} (${org.plan}): ${(await db.members(org.id)).join()}`;
}
