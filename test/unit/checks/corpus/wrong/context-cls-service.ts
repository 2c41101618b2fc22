// expect: caller-context@12:6
// nestjs-cls
declare class ClsService {
  get(key: string): string;
  set(key: string, value: string): void;
}
declare const db: { get(...values: unknown[]): Promise<string> };

export class Catalogue {
  constructor(private readonly cls: ClsService) {}

  // @zcache ttl: 5m
  async product(id: number): Promise<string> {
    return db.get(this.cls.get("tenantId"), id);
  }
}
