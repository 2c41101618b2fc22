import { type VNode } from "preact";
import { type EventRow } from "../../api";
import { visibleText } from "../format/visible-text";
import { overview } from "../stores/live";

export interface Filters {
  readonly type: string;
  readonly name: string;
  readonly text: string;
}

interface EventFiltersProps {
  readonly filters: Filters;
  readonly onChange: (filters: Filters) => void;
  readonly known: readonly EventRow[];
}

/** The types with their descriptions, in the order in which users look for them. */
const types: Readonly<Record<string, string>> = {
  error: "error: a load failed",
  fault: "fault: the store could not be used",
  breaker: "breaker: the store is not asked, or is in use again",
  diverged: "diverged: a hit that verify found to be wrong",
  transaction: "transaction: did something other than the program says",
  unusable: "unusable: bytes or a value that can't be used",
  invalidate: "invalidate: a key or a tag",
  miss: "miss",
  stale: "stale: served while it is reloaded",
  load: "load",
  store: "store",
  drop: "drop: not stored, because it was invalidated meanwhile",
  skip: "skip: not stored, because of when or ttl",
  share: "share: got the value of another caller's load",
  wait: "wait: for a load that had already started (a sample of them)",
  hit: "hit (a sample of them)",
  replay: "replay: after an outage",
  flush: "flush: after an outage",
};

export function EventFilters({ filters, onChange, known }: EventFiltersProps): VNode {
  const others = [...new Set(known.map(({ type }) => type))].filter(
    (type) => !Object.hasOwn(types, type),
  );
  const names = new Set(overview.value?.functions.map(({ name }) => name));
  if (filters.name !== "") names.add(filters.name);
  return (
    <div class="fields">
      <label class="field">
        <span>Type</span>
        <select
          value={filters.type}
          onChange={({ currentTarget: { value } }) => onChange({ ...filters, type: value })}
        >
          <option value="">all</option>
          {Object.entries(types).map(([type, words]) => (
            <option key={type} value={type}>
              {words}
            </option>
          ))}
          {others.slice(0, 20).map((type) => (
            <option key={type} value={type}>
              {visibleText(type.slice(0, 60))}
            </option>
          ))}
        </select>
      </label>
      <label class="field">
        <span>Function</span>
        <select
          value={filters.name}
          onChange={({ currentTarget: { value } }) => onChange({ ...filters, name: value })}
        >
          <option value="">all</option>
          {[...names].sort().map((name) => (
            <option key={name} value={name}>
              {visibleText(name)}
            </option>
          ))}
        </select>
      </label>
      <label class="field wide">
        <span>Text in a key, a tag or a message</span>
        <input
          type="search"
          data-search
          value={filters.text}
          spellcheck={false}
          autocomplete="off"
          onInput={({ currentTarget: { value } }) => onChange({ ...filters, text: value })}
        />
      </label>
    </div>
  );
}
