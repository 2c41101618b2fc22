export const Store = class {
  readonly shard: number = 1;

  // @zcache key: "store:{this.shard}:{id}"
  async get(id: string): Promise<string> {
    return `${this.shard}${id}`;
  }
};
