import { javascript } from "@codemirror/lang-javascript";
import { syntaxHighlighting } from "@codemirror/language";
import { type Diagnostic, linter, lintGutter, setDiagnostics } from "@codemirror/lint";
import { EditorState } from "@codemirror/state";
import { EditorView } from "@codemirror/view";
import { classHighlighter } from "@lezer/highlight";
import { basicSetup } from "codemirror";
import { fromAddress, toAddress } from "./address";
import { examples } from "./examples";
import { type Result, type ShownFix, type ShownFunction, type ShownProblem } from "./result";
import { type Request, type Response } from "./worker";

const element = (id: string): HTMLElement => document.getElementById(id) as HTMLElement;
const status = element("status");
const select = element("examples") as HTMLSelectElement;
const worker = new Worker(new URL("./worker.js", import.meta.url), { type: "module" });

// The colours are in style.css, for both themes.
const language = [javascript({ typescript: true }), syntaxHighlighting(classHighlighter)];
const theme = EditorView.theme({
  "&": { backgroundColor: "var(--page)", color: "var(--text)" },
  ".cm-gutters": { backgroundColor: "var(--page)", color: "var(--quiet)", border: "0" },
  ".cm-cursor": { borderLeftColor: "var(--text)" },
  ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: "transparent" },
});

const source = new EditorView({
  parent: element("source"),
  extensions: [
    basicSetup,
    language,
    theme,
    lintGutter(),
    linter(null),
    EditorView.contentAttributes.of({ "aria-label": "TypeScript source" }),
    EditorView.updateListener.of(({ docChanged }) => {
      if (docChanged) requestResult();
    }),
  ],
});

const emitted = new EditorView({
  parent: element("emitted"),
  extensions: [
    basicSetup,
    language,
    theme,
    EditorState.readOnly.of(true),
    EditorView.lineWrapping,
    EditorView.contentAttributes.of({ "aria-label": "Emitted TypeScript" }),
  ],
});

let latest = 0;

/** Only the answer to the newest request is shown: the worker answers in order. */
function requestResult(): void {
  status.textContent = "Compiling …";
  worker.postMessage({ id: ++latest, source: source.state.doc.toString() } satisfies Request);
}

worker.addEventListener("message", ({ data: { id, outcome } }: MessageEvent<Response>) => {
  if (id !== latest) return;
  status.textContent = "failure" in outcome ? `zcache failed: ${outcome.failure}` : "";
  if ("result" in outcome) show(outcome.result);
});

function show({ emitted: code, problems, functions }: Result): void {
  replaceText(emitted, code ?? "// Nothing in this file is cached.\n");
  source.dispatch(setDiagnostics(source.state, problems.map(toDiagnostic)));
  element("problems").replaceChildren(
    ...(problems.length > 0 ? problems.map(showProblem) : [noProblems()]),
  );
  element("keys").replaceChildren(...functions.map(showFunction));
}

function toDiagnostic({ start, end, message, severity, code }: ShownProblem): Diagnostic {
  const { length } = source.state.doc;
  return {
    from: Math.min(start, length),
    to: Math.min(end, length),
    message,
    severity: severity === "hint" ? "info" : "error",
    source: code,
  };
}

function showProblem({ start, message, severity, code, fixes }: ShownProblem): HTMLElement {
  const item = create("li", "");
  item.className = severity;
  const line = source.state.doc.lineAt(Math.min(start, source.state.doc.length)).number;
  const place = create("div", `Line ${line} · ${code}`);
  place.className = "code";
  item.append(place, create("div", message));
  if (fixes.length > 0) {
    const list = create("div", "");
    list.className = "fixes";
    list.append(...fixes.map(showFix));
    item.append(list);
  }
  return item;
}

function showFix({ description, start, end, text }: ShownFix): HTMLElement {
  const button = create("button", description);
  button.addEventListener("click", () => {
    source.dispatch({ changes: { from: start, to: end, insert: text } });
    source.focus();
  });
  return button;
}

function noProblems(): HTMLElement {
  const item = create("li", "None.");
  item.className = "none";
  return item;
}

function showFunction({ call, key, tags, ttl }: ShownFunction): HTMLElement {
  const list = create("dl", "");
  const add = (name: string, value: string): void =>
    list.append(create("dt", name), create("dd", value));
  add("call", call);
  add("key", key ?? "No key can be made of such arguments.");
  for (const tag of tags) add("tag", tag ?? "It is made of the result.");
  if (ttl !== null) add("ttl", ttl);
  return list;
}

function create(name: string, text: string): HTMLElement {
  const made = document.createElement(name);
  made.textContent = text;
  return made;
}

function replaceText(view: EditorView, text: string): void {
  view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text } });
}

for (const name of Object.keys(examples)) select.add(new Option(name));
select.addEventListener("change", () => replaceText(source, examples[select.value] ?? ""));

element("share").addEventListener("click", () => {
  void toAddress(source.state.doc.toString()).then(async (hash) => {
    history.replaceState(null, "", hash);
    try {
      await navigator.clipboard.writeText(location.href);
      status.textContent = "The link is copied.";
    } catch {
      status.textContent = "The link is in the address bar.";
    }
  });
});

addEventListener("hashchange", () => void load());

async function load(): Promise<void> {
  const [first = ""] = Object.values(examples);
  replaceText(source, (await fromAddress(location.hash)) ?? first);
}

void load();
