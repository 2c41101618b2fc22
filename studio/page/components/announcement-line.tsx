import { type VNode } from "preact";
import { announcement } from "../stores/announcement";
import { Text } from "./text";

/** What the last button did. The region is always there, because one that appears is not read out. */
export function AnnouncementLine(): VNode {
  const current = announcement.value;
  return (
    <div role="status" class="announcements">
      {current && (
        <div class={`announcement ${current.grade}`}>
          <Text value={current.text} max={400} />
          <button type="button" class="plain" onClick={() => (announcement.value = null)}>
            Close
          </button>
        </div>
      )}
    </div>
  );
}
