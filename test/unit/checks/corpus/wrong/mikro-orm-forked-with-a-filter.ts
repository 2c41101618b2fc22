// expect: incomplete-key@11:6
interface EntityManager {
  fork(): EntityManager;
  setFilterParams(name: string, args: object): void;
  findOne(entity: string, id: number): Promise<string>;
}

export function accountsOf(em: EntityManager, tenant: string): (id: number) => Promise<string> {
  const fork = em.fork();
  fork.setFilterParams("tenant", { tenant });
  // @zcache ttl: 1m
  const find = async (id: number): Promise<string> => fork.findOne("Account", id);
  return find;
}
