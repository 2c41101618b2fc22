const defaults = { region: "eu", pages: [10, 20] };
const limits = new Map([["free", 10]]);

// @zcache
export async function stock(sku: string): Promise<string> {
  return (await fetch(`https://${defaults.region}.test/${sku}?limit=${limits.get("free")}`)).text();
}
