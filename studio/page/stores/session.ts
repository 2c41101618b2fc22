import { signal } from "@preact/signals";
import { type Session } from "../../api";
import { getJson, RequestFailed } from "../api/client";

/** It is null until the server has answered. */
export const session = signal<Session | null>(null);

/** Why the server refuses to show anything to this user. */
export const refused = signal<string | null>(null);

/**
 * The session is requested again after each restart of the server, which then has another token.
 */
export async function loadSession(): Promise<void> {
  try {
    session.value = await getJson<Session>("session");
    refused.value = null;
  } catch (error) {
    if (error instanceof RequestFailed && (error.status === 401 || error.status === 403))
      refused.value = error.message;
  }
}
