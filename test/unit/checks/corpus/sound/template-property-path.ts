import { invalidateTag } from "zcache";

interface Org {
  id: number;
  address?: { city: string };
}

// @zcache key: "org:{org.id}:{org.address?.city}", tags: ["org:{org.id}"]
export async function loadOrg(org: Org): Promise<{ name: string }> {
  return { name: `${org.id}${org.address?.city}` };
}

export async function orgChanged(id: number): Promise<void> {
  await invalidateTag(`org:${id}`);
}
