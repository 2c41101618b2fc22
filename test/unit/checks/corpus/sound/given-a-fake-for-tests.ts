interface Store {
  get(id: string): Promise<string>;
}
declare const store: Store;

class Flags {
  constructor(private readonly store: Store) {}

  // @zcache ttl: 10s
  async isOn(flag: string): Promise<boolean> {
    return (await this.store.get(flag)) === "on";
  }
}

export const createFlags = (): Flags => new Flags(store);
export const createFakeFlags = (): Flags => new Flags({ get: async () => "on" });
