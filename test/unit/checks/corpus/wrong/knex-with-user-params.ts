// expect: incomplete-key@10:6
interface Knex {
  withUserParams(params: { readonly tenant: string }): Knex;
  first(table: string, id: number): Promise<string>;
}
declare const knex: Knex;

export const repositoryFor = (tenant: string) => {
  const scoped = knex.withUserParams({ tenant });
  // @zcache ttl: 1m
  const find = async (id: number): Promise<string> => scoped.first("orders", id);
  return { find };
};
