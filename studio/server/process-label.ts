import { type ProcessIdentity } from "../../runtime/studio/report";

/** What a person calls a process. Two of one program have one title. */
export function labelOf({ title, pid }: Pick<ProcessIdentity, "title" | "pid">): string {
  return `${title} ${pid}`;
}
