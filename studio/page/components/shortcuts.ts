import { goTo, type PageName } from "../stores/route";

/** The letter of each page, which follows `g`. */
export const pageLetters: readonly {
  readonly letter: string;
  readonly page: PageName;
  readonly title: string;
}[] = [
  { letter: "n", page: "now", title: "Now" },
  { letter: "f", page: "functions", title: "Functions" },
  { letter: "k", page: "key", title: "A key" },
  { letter: "t", page: "tags", title: "Tags" },
  { letter: "e", page: "events", title: "Events" },
  { letter: "s", page: "flight", title: "Stampede" },
];

const chordMs = 1500;

/**
 * `g` and a letter go to a page, `/` goes to the search field, and `?` opens the list of these
 * shortcuts.
 */
export function listenForShortcuts(showHelp: () => void): () => void {
  let chordUntil = 0;
  function onKeyDown(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey || isWriting(event.target)) return;
    if (document.querySelector("dialog[open]") !== null) return;
    if (event.timeStamp < chordUntil) {
      chordUntil = 0;
      const found = pageLetters.find(({ letter }) => letter === event.key);
      if (!found) return;
      event.preventDefault();
      goTo(found.page);
    } else if (event.key === "g") {
      chordUntil = event.timeStamp + chordMs;
    } else if (event.key === "/") {
      const field = document.querySelector<HTMLElement>("main [data-search]");
      if (!field) return;
      event.preventDefault();
      field.focus();
    } else if (event.key === "?") {
      event.preventDefault();
      showHelp();
    }
  }
  addEventListener("keydown", onKeyDown);
  return () => removeEventListener("keydown", onKeyDown);
}

function isWriting(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || target.matches("input:not([type=checkbox]), textarea, select");
}
