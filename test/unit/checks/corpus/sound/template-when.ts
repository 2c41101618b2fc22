interface Job {
  status: "pending" | "done";
  attempts?: number[];
}

// @zcache when: "result !== null && result.status === 'done' && (result.attempts ?? []).length < 5"
export async function job(id: number): Promise<Job | null> {
  return id > 0 ? { status: "done" } : null;
}
