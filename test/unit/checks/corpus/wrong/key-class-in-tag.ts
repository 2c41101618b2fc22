// expect: object-in-text@11:55
import { invalidateTag } from "zcache";

class Tenant {
  constructor(private readonly slug: string) {}
  get name(): string {
    return this.slug;
  }
}

// @zcache key: "menu:{tenant.name}", tags: ["tenant:{tenant}"]
export async function menu(tenant: Tenant): Promise<string[]> {
  return [tenant.name];
}

export async function menuChanged(slug: string): Promise<void> {
  await invalidateTag(`tenant:${slug}`);
}
