import { type ComponentChildren, type VNode } from "preact";

/** Something that a person should know before they believe what is below. */
export function Trouble({ children }: { readonly children: ComponentChildren }): VNode {
  return <div class="trouble">{children}</div>;
}
