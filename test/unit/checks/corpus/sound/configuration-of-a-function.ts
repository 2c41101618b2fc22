interface Configuration {
  readonly api: { readonly host: string };
  readonly strategies: { choose(): string };
}
declare const defaults: Configuration;
declare function merge(one: Configuration, other: Partial<Configuration>): Configuration;
let active: Configuration = defaults;

export function setConfig(own: Partial<Configuration>): void {
  active = merge(active, own);
}
export const getConfig = (): Configuration => active;

// @zcache ttl: 1h
export async function address(path: string): Promise<string> {
  return `${getConfig().api.host}/${path}`;
}
