// expect: unfaithful-codec@12:4
// Readonly keeps all the methods, which JSON does not.
class Invoice {
  constructor(readonly lines: readonly number[]) {}

  total(): number {
    return this.lines.reduce((sum, line) => sum + line, 0);
  }
}

export const total = async (id: number): Promise<number> => (await invoice(id)).total();
// @zcache ttl: 10m
async function invoice(id: number): Promise<Readonly<Invoice>> {
  return new Invoice([id]);
}
