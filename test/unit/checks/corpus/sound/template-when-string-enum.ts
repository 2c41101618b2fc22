enum State {
  Done = "done",
  Pending = "pending",
}

// @zcache when: "result.state === 'done'"
export async function job(id: number): Promise<{ state: State }> {
  return { state: id > 0 ? State.Done : State.Pending };
}
