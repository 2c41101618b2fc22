import { type ComponentChildren, type VNode } from "preact";

/** A problem that the user should know before trusting the figures below. */
export function Trouble({ children }: { readonly children: ComponentChildren }): VNode {
  return <div class="trouble">{children}</div>;
}
