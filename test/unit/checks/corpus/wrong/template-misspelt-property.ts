// expect: unknown-property@8:27
// A slip of the fingers: the key would end in "undefined" for every organisation.
interface Org {
  id: number;
  name: string;
}

// @zcache key: "org:{org.idd}"
export async function loadOrg(org: Org): Promise<{ name: string }> {
  return { name: `organisation ${org.id}` };
}
