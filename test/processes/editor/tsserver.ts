import { type ChildProcess, spawn } from "node:child_process";
import { join, resolve } from "node:path";
import { type Project } from "../../support/projects/project";

export interface Diagnostic {
  readonly text: string;
  readonly code: number;
  readonly category: string;
  /** It is the part of the source that the diagnostic is shown at. */
  readonly at: string;
}

interface Location {
  readonly line: number;
  readonly offset: number;
}

interface Message {
  readonly type: "response" | "event";
  readonly request_seq?: number;
  readonly success?: boolean;
  readonly message?: string;
  readonly body?: unknown;
}

const running = new Set<ChildProcess>();
process.on("exit", () => running.forEach((child) => child.kill("SIGKILL")));

/** It is a real tsserver, which is sent the same requests as an editor sends. */
export class TsServer {
  readonly #child: ChildProcess;
  readonly #waiting = new Map<
    number,
    { resolve(body: unknown): void; reject(error: Error): void }
  >();
  readonly #texts = new Map<string, string>();
  #received = Buffer.alloc(0);
  #sent = 0;

  /** @param compiler the name of the package whose tsserver it is */
  constructor(
    private readonly project: Project,
    compiler = "typescript",
    args: readonly string[] = ["--allowLocalPluginLoads"],
  ) {
    const script = resolve(__dirname, "../../../node_modules", compiler, "lib/tsserver.js");
    const common = ["--disableAutomaticTypingAcquisition", "--suppressDiagnosticEvents"];
    this.#child = spawn(process.execPath, [script, ...common, ...args], {
      cwd: project.directory,
      env: environment(),
      stdio: ["pipe", "pipe", "ignore"],
      timeout: 240_000,
    });
    running.add(this.#child);
    this.#child.stdout?.on("data", (chunk: Buffer) => this.#receive(chunk));
    this.#child.once("close", () => {
      running.delete(this.#child);
      for (const { reject } of this.#waiting.values()) reject(new Error("tsserver has ended."));
    });
  }

  async stop(): Promise<void> {
    const closed = new Promise((done) => this.#child.once("close", done));
    this.#child.kill("SIGKILL");
    await closed;
  }

  open(path: string): void {
    const text = this.project.read(path);
    this.#texts.set(path, text);
    this.#send("open", { file: this.#file(path), fileContent: text });
  }

  /** Changes the text as if it had been typed: the file on the disk stays as it is. */
  edit(path: string, from: string, to: string): void {
    const text = this.#text(path);
    const start = text.indexOf(from);
    if (start < 0) throw new Error(`${path} has no ${from}.`);
    const [first, last] = [locate(text, start), locate(text, start + from.length)];
    this.#texts.set(path, text.slice(0, start) + to + text.slice(start + from.length));
    const textChanges = [{ start: first, end: last, newText: to }];
    this.#send("updateOpen", { changedFiles: [{ fileName: this.#file(path), textChanges }] });
  }

  /** Returns errors and suggestions, in the order of their places. */
  async diagnostics(path: string): Promise<Diagnostic[]> {
    const found = [
      ...(await this.#request<ServerDiagnostic[]>("semanticDiagnosticsSync", {
        file: this.#file(path),
      })),
      ...(await this.#request<ServerDiagnostic[]>("suggestionDiagnosticsSync", {
        file: this.#file(path),
      })),
    ];
    const text = this.#text(path);
    return found
      .map(({ text: message, start, end, code, category }) => {
        const [from, to] = [offsetOf(text, start), offsetOf(text, end)];
        return { from, text: message, code, category, at: text.slice(from, to) };
      })
      .sort((a, b) => a.from - b.from)
      .map(({ from: _, ...diagnostic }) => diagnostic);
  }

  /** Returns the names proposed behind the first `before`, each with the text that it inserts. */
  async completions(path: string, before: string): Promise<Record<string, string>> {
    const body = await this.#request<{ entries: Entry[] } | undefined>(
      "completionInfo",
      this.#behind(path, before),
    );
    return Object.fromEntries(
      (body?.entries ?? []).map(({ name, insertText }) => [name, insertText ?? name]),
    );
  }

  async completionDetails(path: string, before: string, name: string): Promise<string> {
    const [details] = await this.#request<Details[]>("completionEntryDetails", {
      ...this.#behind(path, before),
      entryNames: [name],
    });
    return [...(details?.displayParts ?? []), ...(details?.documentation ?? [])]
      .map(({ text }) => text)
      .join("\n");
  }

  async hover(path: string, before: string): Promise<string> {
    const body = await this.#request<{ displayString: string; documentation: string }>(
      "quickinfo",
      this.#behind(path, before),
    );
    return body.displayString + body.documentation;
  }

  /** Returns `text → where: line`. */
  async definition(path: string, before: string): Promise<string> {
    const body = await this.#request<Definition>(
      "definitionAndBoundSpan",
      this.#behind(path, before),
    );
    const text = this.#text(path);
    const bound = text.slice(
      offsetOf(text, body.textSpan.start),
      offsetOf(text, body.textSpan.end),
    );
    const places = body.definitions.map(({ file, start, end, contextStart, contextEnd }) => {
      const source = this.#texts.get(file.slice(this.project.directory.length + 1)) ?? "";
      const of = (from: Location, to: Location): string =>
        source.slice(offsetOf(source, from), offsetOf(source, to));
      return `${of(start, end)} in "${contextStart && contextEnd ? of(contextStart, contextEnd) : ""}"`;
    });
    return `${bound} → ${places.join(", ")}`;
  }

  /**
   * Returns the fixes offered for a diagnostic at this text: the descriptions, and the line after
   * each.
   */
  async fixes(
    path: string,
    { code, at }: Pick<Diagnostic, "code" | "at">,
  ): Promise<Record<string, string>> {
    const text = this.#text(path);
    const start = text.indexOf(at);
    const [from, to] = [locate(text, start), locate(text, start + at.length)];
    const found = await this.#request<CodeFix[]>("getCodeFixes", {
      ...{ file: this.#file(path), startLine: from.line, startOffset: from.offset },
      ...{ endLine: to.line, endOffset: to.offset, errorCodes: [code] },
    });
    return Object.fromEntries(
      found.map(({ description, changes }) => [
        description,
        apply(text, changes[0]?.textChanges[0]),
      ]),
    );
  }

  /**
   * Returns what zcache offers at a place where nothing is wrong, and the line that each offer
   * produces.
   */
  async offers(path: string, at: string): Promise<Record<string, string>> {
    const text = this.#text(path);
    const { line, offset } = locate(text, text.indexOf(at));
    const place = {
      file: this.#file(path),
      startLine: line,
      startOffset: offset,
      endLine: line,
      endOffset: offset,
    };
    const found = await this.#request<{ name: string; description: string }[]>(
      "getApplicableRefactors",
      place,
    );
    const own = found.filter(({ name }) => name.startsWith("zcache"));
    const made = own.map(async ({ name, description }) => {
      const asked = { ...place, refactor: name, action: name };
      const { edits } = await this.#request<{ edits: CodeFix["changes"] }>(
        "getEditsForRefactor",
        asked,
      );
      return [description, apply(text, edits[0]?.textChanges[0])] as const;
    });
    return Object.fromEntries(await Promise.all(made));
  }

  supportedFixes(path: string): Promise<string[]> {
    return this.#request("getSupportedCodeFixes", { file: this.#file(path) });
  }

  async reload(): Promise<void> {
    await this.#request("reloadProjects", {}).catch(() => {});
  }

  #behind(path: string, before: string): object {
    const text = this.#text(path);
    const start = text.indexOf(before);
    if (start < 0) throw new Error(`${path} has no ${before}.`);
    return { file: this.#file(path), ...locate(text, start + before.length) };
  }

  #file(path: string): string {
    return join(this.project.directory, path);
  }

  #text(path: string): string {
    const text = this.#texts.get(path);
    if (text === undefined) throw new Error(`${path} is not open.`);
    return text;
  }

  #send(command: string, args: object): number {
    const seq = ++this.#sent;
    this.#child.stdin?.write(
      `${JSON.stringify({ seq, type: "request", command, arguments: args })}\n`,
    );
    return seq;
  }

  #request<Body>(command: string, args: object): Promise<Body> {
    const seq = this.#send(command, args);
    return new Promise((done, reject) =>
      this.#waiting.set(seq, { resolve: (body) => done(body as Body), reject }),
    );
  }

  #receive(chunk: Buffer): void {
    this.#received = Buffer.concat([this.#received, chunk]);
    for (;;) {
      const [head, length] =
        /^\s*Content-Length: (\d+)\r?\n\r?\n/.exec(this.#received.toString("latin1")) ?? [];
      if (head === undefined || this.#received.length < head.length + Number(length)) return;
      const message = JSON.parse(
        this.#received.subarray(head.length, head.length + Number(length)).toString(),
      ) as Message;
      this.#received = this.#received.subarray(head.length + Number(length));
      this.#settle(message);
    }
  }

  #settle({ type, request_seq: seq, success, message, body }: Message): void {
    const waiting = type === "response" && seq !== undefined ? this.#waiting.get(seq) : undefined;
    if (!waiting || seq === undefined) return;
    this.#waiting.delete(seq);
    if (success || message === "No content available.") waiting.resolve(body);
    else waiting.reject(new Error(message));
  }
}

interface ServerDiagnostic {
  readonly text: string;
  readonly start: Location;
  readonly end: Location;
  readonly code: number;
  readonly category: string;
}

interface Entry {
  readonly name: string;
  readonly insertText?: string;
}

interface Details {
  readonly displayParts: readonly { text: string }[];
  readonly documentation?: readonly { text: string }[];
}

interface Definition {
  readonly textSpan: { start: Location; end: Location };
  readonly definitions: readonly {
    file: string;
    start: Location;
    end: Location;
    contextStart?: Location;
    contextEnd?: Location;
  }[];
}

interface TextChange {
  readonly start: Location;
  readonly end: Location;
  readonly newText: string;
}

interface CodeFix {
  readonly description: string;
  readonly changes: readonly { textChanges: readonly TextChange[] }[];
}

/** Returns the line, or lines, that a change produces. */
function apply(text: string, change: TextChange | undefined): string {
  if (!change) return "";
  const [from, to] = [offsetOf(text, change.start), offsetOf(text, change.end)];
  const after = text.slice(0, from) + change.newText + text.slice(to);
  const start = after.lastIndexOf("\n", from - 1) + 1;
  return after.slice(start, after.indexOf("\n", from + change.newText.length)).trim();
}

function locate(text: string, position: number): Location {
  const lines = text.slice(0, position).split("\n");
  return { line: lines.length, offset: (lines.at(-1) as string).length + 1 };
}

function offsetOf(text: string, { line, offset }: Location): number {
  const before = text.split("\n").slice(0, line - 1);
  return before.reduce((sum, one) => sum + one.length + 1, 0) + offset - 1;
}

/** Returns the environment without the variables that the test runner sets for itself. */
function environment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^(TS_NODE_|NODE_OPTIONS$)/.test(name),
  );
  return Object.fromEntries(kept);
}
