const pageSize = 10;
const hosts: Record<string, string> = { eu: "eu.test", us: "us.test" };

// @zcache
export async function list(region: string, page: number): Promise<string> {
  return (await fetch(`https://${hosts[region]}/?from=${page * pageSize}`)).text();
}
