// expect: unknown-property@7:27
interface Org {
  id: number;
}

// The parameter is a promise: somebody forgot that it has to be awaited.
// @zcache key: "org:{org.id}"
export async function orgName(org: Promise<Org>): Promise<string> {
  return String((await org).id);
}
