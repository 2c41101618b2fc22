import { type ProcessIdentity } from "../../runtime/studio/report";

/**
 * Returns the name by which the page shows a process. Two processes of one program have the same
 * title.
 */
export function labelOf({ title, pid }: Pick<ProcessIdentity, "title" | "pid">): string {
  return `${title} ${pid}`;
}
