import { render } from "preact";
import { App } from "./app";
import { startLive } from "./stores/live";
import { followHash } from "./stores/route";
import { loadSession } from "./stores/session";
import { startTheme } from "./stores/theme";
import "./styles/index.css";

const root = document.querySelector("#studio");
if (root === null) throw new Error("The page has no element with the id studio.");
startTheme();
followHash();
void loadSession();
startLive();
// This replaces what the shell shows before the script runs.
root.replaceChildren();
render(<App />, root);
