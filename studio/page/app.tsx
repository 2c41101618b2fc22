import { useSignal } from "@preact/signals";
import { type FunctionComponent, type VNode } from "preact";
import { useEffect, useErrorBoundary } from "preact/hooks";
import { AnnouncementLine } from "./components/announcement-line";
import { Header } from "./components/header";
import { HelpDialog } from "./components/help-dialog";
import { listenForShortcuts } from "./components/shortcuts";
import { Text } from "./components/text";
import { Trouble } from "./components/trouble";
import { EventsPage } from "./pages/events";
import { FlightPage } from "./pages/flight";
import { FunctionPage } from "./pages/function";
import { FunctionsPage } from "./pages/functions";
import { KeyPage } from "./pages/key";
import { NowPage } from "./pages/now";
import { TagsPage } from "./pages/tags";
import { notice, overview } from "./stores/live";
import { type PageName, route } from "./stores/route";
import { refused } from "./stores/session";

const pages: Readonly<Record<PageName, FunctionComponent>> = {
  now: NowPage,
  functions: FunctionsPage,
  function: FunctionPage,
  key: KeyPage,
  tags: TagsPage,
  events: EventsPage,
  flight: FlightPage,
};

/** The frame around the pages: the navigation, and everything that concerns all pages. */
export function App(): VNode {
  const isHelpOpen = useSignal(false);
  useEffect(() => listenForShortcuts(() => (isHelpOpen.value = true)), []);
  const { page } = route.value;
  const storeTrouble = overview.value?.storeTrouble ?? null;
  return (
    <>
      <a class="skip" href="#main" onClick={skipToMain}>
        Skip to the page
      </a>
      <Header showHelp={() => (isHelpOpen.value = true)} />
      <main id="main" tabIndex={-1}>
        <AnnouncementLine />
        {refused.value !== null && (
          <Trouble>
            The server shows you nothing: <Text value={refused.value} max={400} />
          </Trouble>
        )}
        {storeTrouble !== null && (
          <Trouble>
            The store does not answer: <Text value={storeTrouble} max={400} /> The counts below come
            from the processes and go on; keys and values can't be looked at.
          </Trouble>
        )}
        {notice.value !== null && (
          <Trouble>
            <Text value={notice.value} max={400} />{" "}
            <button type="button" class="plain" onClick={() => (notice.value = null)}>
              Close
            </button>
          </Trouble>
        )}
        <Shown key={page} page={page} />
      </main>
      {isHelpOpen.value && <HelpDialog onClose={() => (isHelpOpen.value = false)} />}
    </>
  );
}

/** Shows the chosen page. An error in one page leaves the others usable. */
function Shown({ page }: { readonly page: PageName }): VNode {
  const [error] = useErrorBoundary() as [unknown, () => void];
  if (error !== undefined) {
    return (
      <Trouble>
        This page can't show what the server sent:{" "}
        <Text value={error instanceof Error ? error.message : typeof error} max={400} />
      </Trouble>
    );
  }
  const Page = pages[page];
  return <Page />;
}

/** The fragment of the address names the page, so this can't be an ordinary link to a fragment. */
function skipToMain(event: MouseEvent): void {
  event.preventDefault();
  document.querySelector<HTMLElement>("#main")?.focus();
}
