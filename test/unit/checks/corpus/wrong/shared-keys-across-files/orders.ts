// expect: shared-key@2:17
// @zcache key: "{kind}:{id}"
export async function order(kind: "order", id: number): Promise<{ cents: number }> {
  return (await (await fetch(`/${kind}s/${id}`)).json()) as { cents: number };
}
