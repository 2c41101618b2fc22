// expect: object-in-text@4:25, tag-meaning@4:25
import type { Org } from "./org";

// @zcache tags: ["org:{org}"]
export async function members(org: Org): Promise<string[]> {
  return (await (await fetch(`/orgs/${org.id}/members`)).json()) as string[];
}
