// expect: unfaithful-codec@3:4
// Neither a number nor null is what JSON makes of a Date.
// @zcache ttl: 10m
export async function lastSeen(id: number): Promise<{ at: Date | number | null; status: "seen" | Date }> {
  return { at: new Date(id), status: "seen" };
}
