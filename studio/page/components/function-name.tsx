import { type VNode } from "preact";
import { visibleText } from "../format/visible-text";
import { hrefOf } from "../stores/route";

interface FunctionNameProps {
  readonly name: string;
  /** `Catalog.book`; the whole name is the link's title. */
  readonly label?: string;
  readonly tabIndex?: number;
}

/** A link to a function's page. */
export function FunctionName({ name, label = name, tabIndex }: FunctionNameProps): VNode {
  return (
    <a
      class="code"
      href={hrefOf("function", { name })}
      title={visibleText(name)}
      {...(tabIndex !== undefined && { tabIndex })}
    >
      <bdi>{visibleText(label)}</bdi>
    </a>
  );
}
