import { type VNode } from "preact";
import { useState } from "preact/hooks";
import { type Tree } from "../../api";
import { countOf, formatCount } from "../format/numbers";
import { Text } from "./text";

interface TreeViewProps {
  readonly tree: Tree;
  /** The name of the property that contains it, or null at the top. */
  readonly name: string | null;
  readonly isOpen?: boolean;
}

/** How many children are drawn before "show more". */
const step = 100;

/** A decoded value. The contents of a branch are drawn when it is opened. */
export function TreeView({ tree, name, isOpen: openAtFirst = false }: TreeViewProps): VNode {
  const [isOpen, setOpen] = useState(openAtFirst);
  const [shown, setShown] = useState(step);
  const { kind, text, size, children, cut } = tree;
  if (children.length === 0) {
    return (
      <div class="leaf">
        <Name name={name} />
        <Leaf tree={tree} />
      </div>
    );
  }
  const rest = children.length - shown;
  return (
    <details class="branch" open={isOpen} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        <Name name={name} />
        <span class="quiet">
          <Text value={kind} /> {size !== null && `of ${formatCount(size)}`}
        </span>
        {text !== null && (
          <>
            {" "}
            <Text value={text} />
          </>
        )}
      </summary>
      {isOpen && (
        <div class="children">
          {children.slice(0, shown).map((child, i) => (
            // Names may repeat: the entries of a Map are named by the text of their keys.
            <TreeView key={i} tree={child.value} name={child.name} />
          ))}
          {rest > 0 && (
            <button type="button" class="plain" onClick={() => setShown(shown + 10 * step)}>
              show more ({formatCount(rest)})
            </button>
          )}
          {cut && <LeftOut size={size} shown={children.length} />}
        </div>
      )}
    </details>
  );
}

function Name({ name }: { readonly name: string | null }): VNode | null {
  if (name === null) return null;
  return (
    <>
      <span class="name">
        <Text value={name} max={120} />
      </span>
      <span class="quiet">: </span>
    </>
  );
}

function Leaf({ tree: { kind, text, size, cut } }: { readonly tree: Tree }): VNode {
  const isString = kind === "string";
  const says = kind !== text && !isString && kind !== "number" && kind !== "boolean";
  return (
    <>
      {says && (
        <span class="quiet">
          <Text value={kind} />
          {size === null ? "" : ` of ${formatCount(size)}`}{" "}
        </span>
      )}
      {text !== null && (
        <span class={isString ? "string" : "plain-value"}>
          {isString && <span class="quiet">"</span>}
          <Text value={text} />
          {isString && !cut && <span class="quiet">"</span>}
        </span>
      )}
      {cut && <LeftOut size={size} shown={text?.length ?? 0} />}
    </>
  );
}

function LeftOut({ size, shown }: { readonly size: number | null; readonly shown: number }): VNode {
  const rest = size === null ? 0 : size - shown;
  return (
    <span class="quiet">
      {" "}
      … {rest > 0 ? `${countOf(rest, "more is", "more are")} not shown` : "cut here"}
    </span>
  );
}
