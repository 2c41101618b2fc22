import { type VNode } from "preact";
import { formatDuration } from "../format/durations";
import { chooseWindow, overview, windows, windowSeconds } from "../stores/live";

/**
 * The choice of how far back the figures go. Soon after the start they go less far, and it says so.
 */
export function WindowChoice(): VNode {
  const seconds = overview.value?.seconds;
  return (
    <fieldset class="choice">
      <legend class="visually-hidden">How far back the figures go</legend>
      {windows.map((choice) => (
        <label>
          <input
            type="radio"
            name="window"
            checked={windowSeconds.value === choice}
            onChange={() => chooseWindow(choice)}
          />
          last {formatDuration(choice * 1000)}
        </label>
      ))}
      {seconds !== undefined && seconds < windowSeconds.value && (
        <span class="quiet">so far {formatDuration(seconds * 1000)}</span>
      )}
    </fieldset>
  );
}
