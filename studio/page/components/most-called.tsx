import { type VNode } from "preact";
import { formatCount } from "../format/numbers";
import { overview } from "../stores/live";

/** Says below a table of functions that it doesn't have all of them. */
export function MostCalled({ shown }: { readonly shown: number }): VNode | null {
  const known = overview.value?.functionCount ?? shown;
  if (shown >= known) return null;
  return (
    <p class="quiet">
      These are the {formatCount(shown)} functions that are called most, of {formatCount(known)}.
    </p>
  );
}
