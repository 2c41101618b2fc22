// expect: caller-context@11:6
import { ClsService } from "nestjs-cls";

export class Accounts {
  constructor(private readonly cls: ClsService) {}

  private get tenant(): string {
    return String(this.cls["get"]("tenant"));
  }

  // @zcache
  async load(id: number): Promise<string> {
    return this.tenant + id;
  }
}
