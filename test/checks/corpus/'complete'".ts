export async function job(id: number): Promise<{ status: Status }> {
  return { status: id > 0 ? "completed" : "pending" };
}
