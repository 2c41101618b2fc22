// expect: incomplete-key@11:6
declare const db: { one(...parts: readonly unknown[]): Promise<string> };
interface Context {
  readonly state: { readonly organisation: string };
  readonly params: { readonly id: string };
  body: unknown;
}

export async function show(ctx: Context): Promise<void> {
  const organisation = ctx.state.organisation;
  // @zcache ttl: 1m
  const document = async (id: string): Promise<string> => db.one(organisation, id);
  ctx.body = await document(ctx.params.id);
}
