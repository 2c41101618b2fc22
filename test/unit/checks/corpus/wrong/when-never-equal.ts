// expect: never-equal@4:37
type Status = "pending" | "completed" | "failed";

// @zcache when: "result.status === 'complete'"
export async function job(id: number): Promise<{ status: Status }> {
  return { status: id > 0 ? "completed" : "pending" };
}
