// @zcache when: "result.status === 'complete'"
export async function job(id: number): Promise<{ status: string }> {
  return { status: id > 0 ? "complete" : "pending" };
}
