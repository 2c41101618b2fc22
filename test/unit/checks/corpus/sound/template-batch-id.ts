interface Ref {
  kind: string;
  key: number;
}

// @zcache batch, key: "ref:{id.kind}:{id.key}"
export async function resolveAll(refs: readonly Ref[]): Promise<string[]> {
  return refs.map(({ kind, key }) => kind + key);
}
