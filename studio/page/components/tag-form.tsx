import { type VNode } from "preact";
import { useState } from "preact/hooks";
import { act } from "../stores/actions";
import { overview } from "../stores/live";
import { ConfirmButton } from "./confirm-button";
import { Text } from "./text";

interface TagFormProps {
  readonly tag: string;
  readonly onDone: () => void;
}

/** Invalidates a tag by hand. */
export function TagForm({ tag: tagAtFirst, onDone }: TagFormProps): VNode {
  const [tag, setTag] = useState(tagAtFirst);
  const caches = cacheNames();
  const [chosen, setChosen] = useState<string | null>(null);
  const cache = chosen ?? caches[0] ?? "default";
  const isTemplate = /\{[^}]*\}/.test(tag);
  return (
    <form class="fields" onSubmit={(event) => event.preventDefault()}>
      <label class="field wide">
        <span>Invalidate a tag</span>
        <input
          class="code"
          value={tag}
          spellcheck={false}
          autocomplete="off"
          placeholder="book:42"
          aria-describedby="tag-problem"
          onInput={({ currentTarget }) => setTag(currentTarget.value)}
        />
      </label>
      {caches.length > 1 && (
        <label class="field">
          <span>of the cache</span>
          <select value={cache} onChange={({ currentTarget }) => setChosen(currentTarget.value)}>
            {caches.map((name) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </label>
      )}
      <ConfirmButton
        label="Invalidate"
        disabled={tag === "" || isTemplate}
        question={
          <>
            All entries with the tag <Text value={tag} /> end, and the next call of each loads it.
          </>
        }
        onConfirm={() => void act("invalidate", { tag, cache }).then(onDone)}
      />
      <span id="tag-problem" class="quiet">
        {isTemplate ? "Replace the parts in braces by values." : ""}
      </span>
    </form>
  );
}

function cacheNames(): string[] {
  const names =
    overview.value?.processes.flatMap(({ caches }) => caches.map(({ name }) => name)) ?? [];
  return [...new Set(names)];
}
