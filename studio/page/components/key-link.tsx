import { type VNode } from "preact";
import { visibleText } from "../format/visible-text";
import { hrefOf } from "../stores/route";
import { Text } from "./text";

/** A key, as a link to its page. */
export function KeyLink({
  value,
  cache = null,
  tabIndex,
}: {
  value: string;
  cache?: string | null;
  tabIndex?: number;
}): VNode {
  return (
    <a
      class="code"
      href={hrefOf("key", { key: value, cache })}
      title={visibleText(value.slice(0, 500))}
      {...(tabIndex !== undefined && { tabIndex })}
    >
      <Text value={value.length > shown ? `${value.slice(0, shown)}…` : value} />
    </a>
  );
}

const shown = 120;
