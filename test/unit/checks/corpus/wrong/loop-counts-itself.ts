// expect: incomplete-key@11:6
type Load = (id: number) => Promise<string>;
declare function query(region: string, id: number): Promise<string>;

export const loads: Load[] = [];
let made = 0;
while (made < 2) {
  const region = made === 0 ? "eu" : "us";
  made++;

  // @zcache
  const load: Load = async (id) => query(region, id);
  loads.push(load);
}
