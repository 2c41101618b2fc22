const regions = ["eu", "us"];
const rates = { eu: 1, us: 2 };

// @zcache
export async function load(id: number): Promise<string> {
  return regions.join() + JSON.stringify(rates) + id;
}
