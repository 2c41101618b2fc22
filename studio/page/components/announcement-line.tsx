import { type VNode } from "preact";
import { announcement } from "../stores/announcement";
import { Text } from "./text";

/**
 * The result of the last action. The region always exists, because screen readers don't read out a
 * region that appears.
 */
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
