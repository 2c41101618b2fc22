// expect: incomplete-key@5:6
declare const db: { one(...parts: readonly unknown[]): Promise<string> };

export const reportsFor = (tenant: string) => ({
  // @zcache version: auto, ttl: 1h
  load: async (year: number): Promise<string> => db.one(tenant, year),
});
