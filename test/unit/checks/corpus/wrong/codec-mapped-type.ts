// expect: unfaithful-codec@7:4
interface Row {
  id: number;
  updatedAt: Date;
}

// @zcache ttl: 10m
export async function changes(id: number): Promise<Partial<Pick<Row, "updatedAt">>> {
  return { updatedAt: new Date(id) };
}
