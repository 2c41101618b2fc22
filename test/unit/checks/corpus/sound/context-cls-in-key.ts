import { ClsService } from "nestjs-cls";

export class Accounts {
  constructor(private readonly cls: ClsService) {}

  get tenant(): string {
    return String(this.cls.get("tenant"));
  }

  // @zcache key: "accounts:{this.tenant}:{id}"
  async load(id: number): Promise<string> {
    return String(this.cls.get("tenant")) + id;
  }

  // @zcache
  async started(id: number): Promise<string> {
    this.cls.set("last", id);
    console.log(this.cls.get("tenant"));
    return `account ${id}`;
  }
}
