// expect: hint changing-variable@4:4
let loads = 0;

// @zcache ttl: 10m
export async function loadUser(id: number): Promise<{ id: number; load: number }> {
  loads++;
  return { id, load: loads };
}
