import { type VNode } from "preact";
import { hrefOf, route } from "../stores/route";
import { session } from "../stores/session";
import { chooseTheme, theme, themes } from "../stores/theme";
import { ConnectionState } from "./connection-state";
import { pageLetters } from "./shortcuts";
import { Text } from "./text";

export function Header({ showHelp }: { readonly showHelp: () => void }): VNode {
  const current = route.value.page;
  return (
    <header>
      <div class="brand">
        <a href={hrefOf("now")}>zcache studio</a>
        {session.value && (
          <span class="quiet">
            <Text value={session.value.source} max={120} />
          </span>
        )}
      </div>
      <nav aria-label="Pages">
        <ul>
          {pageLetters.map(({ page, title, letter }) => (
            <li>
              <a
                href={hrefOf(page)}
                title={`g then ${letter}`}
                {...((page === current || (page === "functions" && current === "function")) && {
                  "aria-current": "page",
                })}
              >
                {title}
              </a>
            </li>
          ))}
        </ul>
      </nav>
      <div class="controls">
        <ConnectionState />
        <label>
          <span class="visually-hidden">Colours</span>
          <select
            value={theme.value}
            onChange={({ currentTarget: { value } }) =>
              chooseTheme(themes.find((name) => name === value) ?? "system")
            }
          >
            <option value="system">as the system</option>
            <option value="light">light</option>
            <option value="dark">dark</option>
          </select>
        </label>
        <button type="button" class="plain" onClick={showHelp}>
          Keys
        </button>
      </div>
    </header>
  );
}
