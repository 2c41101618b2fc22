import { type VNode } from "preact";
import { type Advice } from "../../api";
import { Text } from "./text";

/** A piece of advice, and the evidence for it. */
export function AdviceLine({ advice }: { readonly advice: Advice }): VNode {
  return (
    <div class={`advice ${advice.grade}`}>
      <p class="advice-text">
        <span class="grade">{advice.grade === "problem" ? "Problem:" : "Hint:"}</span>{" "}
        <Text value={advice.text} max={400} />
      </p>
      <p class="basis">
        Based on: <Text value={advice.basis} max={400} />
      </p>
    </div>
  );
}
