export abstract class TenantService {
  constructor(readonly tenant: string) {}

  protected url(path: string): string {
    return `https://${this.tenant}.test${path}`;
  }
}
