import { postJson, RequestFailed } from "../api/client";
import { announcement } from "./announcement";
import { loadSession, session } from "./session";

/** Whether the buttons that change something are enabled, and if not, why. */
export function whyReadOnly(): string | null {
  const current = session.value;
  if (current === null) return "The server has not answered yet.";
  return current.mayWrite ? null : (current.whyNot ?? "You may read, but not change anything.");
}

/** Asks the server to change something, and announces the result. Returns whether it succeeded. */
export async function act(
  action: "invalidate" | "refresh" | "pause",
  body: object,
): Promise<boolean> {
  try {
    const { done } = await post(action, body);
    announcement.value = { text: done, grade: "done" };
    return true;
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    announcement.value = { text: `That failed: ${text}`, grade: "failed" };
    return false;
  }
}

async function post(action: string, body: object): Promise<{ readonly done: string }> {
  try {
    return await postJson(action, session.value?.token ?? "", body);
  } catch (error) {
    // The server has restarted since, and has another token. A refused request was not carried out,
    // so it can be sent once more.
    if (!(error instanceof RequestFailed && error.status === 403)) throw error;
    const token = session.value?.token;
    await loadSession();
    if (session.value === null || session.value.token === token) throw error;
    return postJson(action, session.value.token, body);
  }
}
