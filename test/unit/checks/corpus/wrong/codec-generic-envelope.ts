// expect: unfaithful-codec@11:4
interface Page<T> {
  items: T[];
  cursor: string | null;
}
interface Invoice {
  total: number;
  issued: Date;
}

// @zcache ttl: 10m
export async function invoices(cursor: string): Promise<Page<Invoice>> {
  return { items: [], cursor };
}
