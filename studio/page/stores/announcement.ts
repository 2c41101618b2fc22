import { signal } from "@preact/signals";

export interface Announcement {
  readonly text: string;
  readonly grade: "done" | "failed";
}

/** What the last button did, in a sentence. It stays until the next one, or until it is closed. */
export const announcement = signal<Announcement | null>(null);
