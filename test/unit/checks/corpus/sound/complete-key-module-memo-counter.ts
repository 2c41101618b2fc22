let loads = 0;
export const loadsSoFar = (): number => loads;

// @zcache
export async function list(page: number): Promise<string> {
  loads++;
  return (await fetch(`/list/${page}`)).text();
}
