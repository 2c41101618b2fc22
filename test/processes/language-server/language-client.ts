import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Project } from "../../support/projects/project";

export interface Range {
  readonly start: { readonly line: number; readonly character: number };
  readonly end: { readonly line: number; readonly character: number };
}

export interface Shown {
  readonly code: number;
  readonly severity: number;
  /** It is the text that the diagnostic is shown at. */
  readonly at: string;
  readonly message: string;
}

interface Diagnostic {
  readonly range: Range;
  readonly code: number;
  readonly severity: number;
  readonly message: string;
}

const running = new Set<ChildProcess>();
process.on("exit", () => running.forEach((child) => child.kill("SIGKILL")));

/** It is `zcache lsp`, which is sent the same messages as an editor sends. */
export class LanguageClient {
  readonly #child: ChildProcess;
  readonly #texts = new Map<string, string>();
  readonly #published = new Map<string, Diagnostic[]>();
  readonly #answers = new Map<
    number,
    (answer: { result?: unknown; error?: { code: number } }) => void
  >();
  readonly #heard: (() => void)[] = [];
  readonly ended: Promise<number | null>;
  /** It has the texts of `window/showMessage` and `window/logMessage`. */
  readonly messages: string[] = [];
  #received = Buffer.alloc(0);
  #sent = 0;

  constructor(
    private readonly project: Project,
    bin: string,
  ) {
    this.#child = spawn(process.execPath, [bin, "lsp", "--stdio"], {
      cwd: project.directory,
      stdio: ["pipe", "pipe", "inherit"],
      timeout: 120_000,
    });
    running.add(this.#child);
    this.ended = new Promise((resolve) => {
      this.#child.once("close", (code) => {
        running.delete(this.#child);
        resolve(code);
      });
    });
    this.#child.stdout?.on("data", (piece: Buffer) => this.#read(piece));
  }

  async start(): Promise<unknown> {
    const uri = pathToFileURL(this.project.directory).href;
    const answer = await this.request("initialize", {
      processId: process.pid,
      rootUri: uri,
      capabilities: {},
    });
    this.notify("initialized", {});
    return answer;
  }

  /** Ends it as an editor does, and returns its exit code. */
  async stop(): Promise<number | null> {
    await this.request("shutdown");
    this.notify("exit");
    return this.ended;
  }

  kill(): void {
    this.#child.kill("SIGKILL");
  }

  closeInput(): void {
    this.#child.stdin?.end();
  }

  uri(path: string): string {
    return pathToFileURL(join(this.project.directory, path)).href;
  }

  /** Opens a file, and returns what is shown in it. */
  open(path: string): Promise<Shown[]> {
    const text = this.project.read(path);
    this.#texts.set(path, text);
    this.notify("textDocument/didOpen", {
      textDocument: { uri: this.uri(path), languageId: "typescript", version: 1, text },
    });
    return this.shown(path);
  }

  /** Changes the text as if it had been typed: the file on the disk stays as it is. */
  edit(path: string, from: string, to: string): Promise<Shown[]> {
    const text = this.#text(path).replace(from, to);
    this.#texts.set(path, text);
    this.notify("textDocument/didChange", {
      textDocument: { uri: this.uri(path), version: 2 },
      contentChanges: [{ text }],
    });
    return this.shown(path);
  }

  /** Resolves with what the server shows in a file, the next time that it sends that. */
  async shown(path: string): Promise<Shown[]> {
    const uri = this.uri(path);
    this.#published.delete(uri);
    while (!this.#published.has(uri))
      await new Promise<void>((resolve) => this.#heard.push(resolve));
    const text = this.#text(path);
    return (this.#published.get(uri) ?? [])
      .toSorted((a, b) => offsetOf(text, a.range.start) - offsetOf(text, b.range.start))
      .map(({ range, code, severity, message }) => ({
        code,
        severity,
        at: textIn(text, range),
        message,
      }));
  }

  /** Returns the value of a request at the place right behind a text of the file. */
  async at<Value>(method: string, path: string, before: string): Promise<Value> {
    const text = this.#text(path);
    const position = positionOf(text, text.indexOf(before) + before.length);
    return (await this.request(method, {
      textDocument: { uri: this.uri(path) },
      position,
    })) as Value;
  }

  /**
   * Returns the titles of what is offered at a text of the file, each with the file that it
   * produces.
   */
  async actions(path: string, at: string): Promise<Record<string, string>> {
    const text = this.#text(path);
    const uri = this.uri(path);
    const start = text.indexOf(at);
    const range = { start: positionOf(text, start), end: positionOf(text, start + at.length) };
    const found = (await this.request("textDocument/codeAction", {
      textDocument: { uri },
      range,
      context: { diagnostics: this.#published.get(uri) ?? [] },
    })) as readonly {
      title: string;
      edit: { changes: Record<string, { range: Range; newText: string }[]> };
    }[];
    return Object.fromEntries(
      found.map(({ title, edit }) => {
        const [change] = edit.changes[uri] ?? [];
        if (!change) throw new Error(`${title} changes nothing in ${path}.`);
        const [from, to] = [offsetOf(text, change.range.start), offsetOf(text, change.range.end)];
        return [title, text.slice(0, from) + change.newText + text.slice(to)];
      }),
    );
  }

  textIn(path: string, range: Range): string {
    return textIn(this.#texts.get(path) ?? this.project.read(path), range);
  }

  /** Returns the result, or an object with the code of the error. */
  async request(method: string, params?: unknown): Promise<unknown> {
    const id = ++this.#sent;
    const answered = new Promise<{ result?: unknown; error?: { code: number } }>((resolve) => {
      this.#answers.set(id, resolve);
    });
    this.#send({ id, method, params });
    const { result, error } = await answered;
    return error ? { error: error.code } : result;
  }

  notify(method: string, params?: unknown): void {
    this.#send({ method, params });
  }

  #send(message: object): void {
    const body = Buffer.from(JSON.stringify({ jsonrpc: "2.0", ...message }));
    this.#child.stdin?.write(`Content-Length: ${body.length}\r\n\r\n`);
    this.#child.stdin?.write(body);
  }

  #read(piece: Buffer): void {
    this.#received = Buffer.concat([this.#received, piece]);
    for (;;) {
      const header = /^Content-Length: (\d+)\r\n\r\n/.exec(this.#received.toString("latin1"));
      if (!header) return;
      const start = header[0].length;
      const end = start + Number(header[1]);
      if (this.#received.length < end) return;
      this.#hear(JSON.parse(this.#received.toString("utf8", start, end)) as Heard);
      this.#received = this.#received.subarray(end);
    }
  }

  #hear({ id, method, params, result, error }: Heard): void {
    if (method === "textDocument/publishDiagnostics")
      this.#published.set(params.uri, params.diagnostics);
    else if (method?.startsWith("window/")) this.messages.push(params.message);
    else if (id !== undefined) this.#answers.get(id)?.({ result, ...(error && { error }) });
    for (const look of this.#heard.splice(0)) look();
  }

  #text(path: string): string {
    const text = this.#texts.get(path);
    if (text === undefined) throw new Error(`${path} is not open.`);
    return text;
  }
}

interface Heard {
  readonly id?: number;
  readonly method?: string;
  readonly params: {
    readonly uri: string;
    readonly diagnostics: Diagnostic[];
    readonly message: string;
  };
  readonly result?: unknown;
  readonly error?: { readonly code: number };
}

function positionOf(text: string, offset: number): Range["start"] {
  const before = text.slice(0, offset).split("\n");
  return { line: before.length - 1, character: before.at(-1)?.length ?? 0 };
}

function offsetOf(text: string, { line, character }: Range["start"]): number {
  const lines = text.split("\n").slice(0, line);
  return lines.reduce((sum, one) => sum + one.length + 1, character);
}

function textIn(text: string, { start, end }: Range): string {
  return text.slice(offsetOf(text, start), offsetOf(text, end));
}
