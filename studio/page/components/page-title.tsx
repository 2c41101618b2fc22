import { type ComponentChildren, type VNode } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { visibleText } from "../format/visible-text";
import { route } from "../stores/route";

/**
 * A page's heading. It takes the focus when the user goes to the page, so that the keyboard
 * continues from there.
 */
export function PageTitle({
  title,
  children,
}: {
  readonly title: string;
  readonly children?: ComponentChildren;
}): VNode {
  const heading = useRef<HTMLHeadingElement>(null);
  const hash = route.value;
  useEffect(() => {
    document.title = `${visibleText(title)} · zcache studio`;
  }, [title]);
  useEffect(() => {
    if (hash === firstRoute) return;
    heading.current?.focus();
    scrollTo(0, 0);
  }, [hash.page]);
  return (
    <div class="page-title">
      <h1 ref={heading} tabIndex={-1}>
        <bdi>{visibleText(title)}</bdi>
      </h1>
      {children}
    </div>
  );
}

/** At first the browser keeps the focus, and Tab leads to the skip link. */
const firstRoute = route.peek();
