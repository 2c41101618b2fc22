// expect: never-equal@3:36
// Always true, so that pending jobs are stored too.
// @zcache when: "result.state !== 'PENDING'"
export async function job(id: number): Promise<{ state: "pending" | "done" }> {
  return { state: id > 0 ? "done" : "pending" };
}
