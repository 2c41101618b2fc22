import { signal } from "@preact/signals";

export interface Announcement {
  readonly text: string;
  readonly grade: "done" | "failed";
}

/**
 * The result of the last action, in a sentence. It stays until the next action, or until it is
 * closed.
 */
export const announcement = signal<Announcement | null>(null);
