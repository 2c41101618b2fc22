// expect: invalidate-in-transaction@25:16, invalidate-in-transaction@32:14
import "zcache";

declare class EntityManager {
  save(value: object): Promise<void>;
  transaction<R>(run: (manager: EntityManager) => Promise<R>): Promise<R>;
  transaction<R>(isolation: "SERIALIZABLE", run: (manager: EntityManager) => Promise<R>): Promise<R>;
}
interface QueryRunner {
  startTransaction(): Promise<void>;
  commitTransaction(): Promise<void>;
  manager: EntityManager;
}
declare const manager: EntityManager;
declare const runner: QueryRunner;

// @zcache
export async function user(id: number): Promise<string> {
  return (await fetch(`/users/${id}`)).text();
}

export async function save(id: number): Promise<void> {
  await manager.transaction("SERIALIZABLE", async (own) => {
    await own.save({ id });
    await user.invalidate(id);
  });
}

export async function saveByHand(id: number): Promise<void> {
  await runner.startTransaction();
  await runner.manager.save({ id });
  await user.invalidate(id);
  await runner.commitTransaction();
}
