// expect: incomplete-key@24:4
class TenantHolder {
  private static instance: TenantHolder | undefined;
  private tenant = "none";

  static getInstance(): TenantHolder {
    if (!TenantHolder.instance) TenantHolder.instance = new TenantHolder();
    return TenantHolder.instance;
  }

  setTenant(tenant: string): void {
    this.tenant = tenant;
  }

  getTenant(): string {
    return this.tenant;
  }
}

export function enter(tenant: string): void {
  TenantHolder.getInstance().setTenant(tenant);
}

// @zcache ttl: 5m
export async function account(id: number): Promise<string> {
  return `${TenantHolder.getInstance().getTenant()}:${id}`;
}
