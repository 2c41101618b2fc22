import { signal } from "@preact/signals";
import { type Session } from "../../api";
import { getJson, RequestFailed } from "../api/client";

/** Null until the server has answered. */
export const session = signal<Session | null>(null);

/** Why this person sees nothing: the server refuses them. */
export const refused = signal<string | null>(null);

/** Asked again after each restart of the server, whose token is another one then. */
export async function loadSession(): Promise<void> {
  try {
    session.value = await getJson<Session>("session");
    refused.value = null;
  } catch (error) {
    if (error instanceof RequestFailed && (error.status === 401 || error.status === 403)) refused.value = error.message;
  }
}
