// expect: unknown-property@7:43
interface Ref {
  kind: string;
  key: number;
}

// @zcache batch, key: "ref:{id.kind}:{id.id}"
export async function resolveAll(refs: readonly Ref[]): Promise<string[]> {
  return refs.map(({ kind, key }) => kind + key);
}
