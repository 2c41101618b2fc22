// expect: incomplete-key@10:8
interface Store {
  get(id: string): Promise<string | null>;
}
declare const redis: Store;
declare const disk: Store;

function createDocuments(store: Store) {
  return {
    // @zcache
    async find(id: string): Promise<string | null> {
      return store.get(id);
    },
  };
}

export const hot = createDocuments(redis);
export const cold = createDocuments(disk);
