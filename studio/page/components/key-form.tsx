import { type VNode } from "preact";
import { useState } from "preact/hooks";
import { type FunctionRow } from "../../api";
import { visibleText } from "../format/visible-text";
import { useResource } from "../stores/resource";
import { goTo } from "../stores/route";

interface KeyFormProps {
  readonly keyText: string | null;
  readonly name: string | null;
  readonly callArguments: string | null;
}

/**
 * Offers two ways to choose a key: to paste it, or to choose a function and write the arguments of
 * a call.
 */
export function KeyForm({ keyText, name, callArguments }: KeyFormProps): VNode {
  const functions = useResource<readonly FunctionRow[]>("functions", {});
  const [key, setKey] = useState(keyText ?? "");
  const [chosen, setChosen] = useState(name ?? "");
  const [args, setArgs] = useState(callArguments ?? "");
  const problem = args.trim() === "" ? null : problemOf(argumentsOf(args));

  function showKey(event: Event): void {
    event.preventDefault();
    if (key !== "") goTo("key", { key });
  }

  function showCall(event: Event): void {
    event.preventDefault();
    if (chosen !== "" && problem === null)
      goTo("key", { name: chosen, arguments: argumentsOf(args) });
  }

  const names = functions.data?.map((row) => row.name).toSorted() ?? [];
  return (
    <div class="columns">
      <form class="fields" onSubmit={showKey}>
        <label class="field wide">
          <span>Paste a key</span>
          <input
            data-search
            class="code"
            value={key}
            spellcheck={false}
            autocomplete="off"
            placeholder="shop.catalog.Catalog.book|42"
            onInput={({ currentTarget }) => setKey(currentTarget.value)}
          />
        </label>
        <button type="submit">Show the key</button>
      </form>
      <form class="fields" onSubmit={showCall}>
        <label class="field wide">
          <span>or choose a function</span>
          <select value={chosen} onChange={({ currentTarget }) => setChosen(currentTarget.value)}>
            <option value="">–</option>
            {(chosen === "" || names.includes(chosen) ? names : [chosen, ...names]).map((one) => (
              <option key={one} value={one}>
                {visibleText(one)}
              </option>
            ))}
          </select>
        </label>
        <label class="field wide">
          <span>and write the call's arguments</span>
          <input
            class="code"
            value={args}
            spellcheck={false}
            autocomplete="off"
            placeholder='42, "tolstoy", {"page": 2}'
            aria-invalid={problem !== null}
            aria-describedby="arguments-problem"
            onInput={({ currentTarget }) => setArgs(currentTarget.value)}
          />
        </label>
        <button type="submit" disabled={chosen === "" || problem !== null}>
          Show the call's key
        </button>
        <span id="arguments-problem" class="bad">
          {problem}
        </span>
      </form>
    </div>
  );
}

/** Arguments may be written with or without the brackets of an array. */
function argumentsOf(text: string): string {
  const trimmed = text.trim();
  const asArray = `[${trimmed}]`;
  return problemOf(trimmed) === null ? trimmed : asArray;
}

function problemOf(text: string): string | null {
  try {
    return Array.isArray(JSON.parse(text)) ? null : "The arguments are an array.";
  } catch {
    return 'Write them as JSON, with commas between them: 42, "tolstoy".';
  }
}
