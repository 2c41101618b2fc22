// expect: incomplete-key@10:4
declare const db: { get(...values: unknown[]): Promise<string> };

const base = { tenant: "none" };
export const enter = (tenant: string): void => {
  base.tenant = tenant;
};
const context = { __proto__: base } as any;

// @zcache ttl: 1m
export async function plan(id: number): Promise<string> {
  return db.get(context.tenant, id);
}
