interface Redis {
  set(name: string, value: string): Promise<void>;
  get(name: string): Promise<string>;
}
export class Users {
  constructor(private readonly redis: Redis) {}
  async save(name: string): Promise<void> {
    await this.redis.set("name", name);
  }
  // @zcache
  async name(id: number): Promise<string> {
    return this.redis.get(`name:${id}`);
  }
}
