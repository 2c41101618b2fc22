import { zcacheVersion } from "../context/zcache-version";
import { entryDiagnostics, FileAnswers } from "./answers";
import { type Answer, type Message } from "./messages";
import { fileNameOf, type OpenDocument, OpenDocuments } from "./open-documents";
import { type ProjectFinder, Projects } from "./projects";
import {
  capabilities,
  type ChangeParams,
  type CodeActionParams,
  type Diagnostic,
  type DocumentParams,
  errorCodes,
  type InitializeParams,
  type OpenParams,
  type PositionParams,
  RequestError,
} from "./protocol";

/** What the server needs of the process that it runs in. */
export interface ServerHost extends ProjectFinder {
  readonly send: (message: Message | Answer) => void;
  /** Calls after each change on the disk beneath a folder. */
  readonly watch: (directory: string, changed: () => void) => void;
  /** The editor is done with the server. */
  readonly exit: (isOrderly: boolean) => void;
}

/**
 * The time after a key press at which diagnostics are made, in which most people type the next key.
 */
const quietMs = 150;

/**
 * Tells an editor what zcache knows of comments, over the Language Server Protocol. It stands
 * beside the language server of TypeScript, and says nothing that one says.
 */
export class LanguageServer {
  readonly #documents = new OpenDocuments();
  readonly #projects: Projects;
  #state: "new" | "running" | "shut down" = "new";
  #timer: NodeJS.Timeout | null = null;
  /** The documents whose diagnostics may have changed. */
  #outdated: OpenDocument[] = [];

  constructor(private readonly host: ServerHost) {
    this.#projects = new Projects(host, this.#documents, (error) => this.#showError(error));
  }

  receive(message: Message): void {
    // Without a method it is an answer, and the server asks for none.
    if (message.method === undefined) return;
    const { id, method, params } = message;
    const answer = this.#try(() =>
      id === undefined ? this.#notify(method, params) : this.#request(method, params),
    );
    if (id !== undefined) this.host.send({ jsonrpc: "2.0", id, ...answer });
  }

  diskChanged(): void {
    this.#projects.diskChanged();
    this.#documents.changes++;
    this.#checkSoon();
  }

  /**
   * A failure here must not end the server, which the editor would not start again after a few
   * times.
   */
  #try(run: () => unknown): Pick<Answer, "result" | "error"> {
    try {
      return { result: run() };
    } catch (error) {
      const { message } = error as Error;
      if (error instanceof RequestError) return { error: { code: error.code, message } };
      this.#log(error as Error);
      return { error: { code: errorCodes.internalError, message } };
    }
  }

  #request(method: string, params: unknown): unknown {
    if (method === "initialize" && this.#state === "new")
      return this.#initialize(params as InitializeParams);
    if (this.#state === "new")
      throw new RequestError(errorCodes.notInitialized, `${method} came before initialize.`);
    if (this.#state === "shut down")
      throw new RequestError(errorCodes.invalidRequest, `${method} came after shutdown.`);
    switch (method) {
      case "shutdown":
        this.#state = "shut down";
        return null;
      case "textDocument/hover":
        return (
          this.#file(params as PositionParams)?.hover((params as PositionParams).position) ?? null
        );
      case "textDocument/completion":
        return (
          this.#file(params as PositionParams)?.completions((params as PositionParams).position) ??
          []
        );
      case "textDocument/definition":
        return (
          this.#file(params as PositionParams)?.definition((params as PositionParams).position) ??
          []
        );
      case "textDocument/codeAction":
        return (
          this.#file(params as CodeActionParams)?.codeActions(params as CodeActionParams) ?? []
        );
      default:
        throw new RequestError(
          errorCodes.methodNotFound,
          `zcache's language server has no ${method}.`,
        );
    }
  }

  #initialize({ workspaceFolders, rootUri }: InitializeParams): unknown {
    this.#state = "running";
    const roots = workspaceFolders?.map(({ uri }) => uri) ?? (rootUri ? [rootUri] : []);
    for (const root of roots) {
      const directory = fileNameOf(root);
      if (directory !== null) this.host.watch(directory, () => this.diskChanged());
    }
    return { capabilities, serverInfo: { name: "zcache", version: zcacheVersion() } };
  }

  #notify(method: string, params: unknown): void {
    switch (method) {
      case "exit":
        return this.host.exit(this.#state === "shut down");
      case "textDocument/didOpen": {
        const { uri, text } = (params as OpenParams).textDocument;
        return this.#changed(uri, text);
      }
      case "textDocument/didChange": {
        const { textDocument, contentChanges } = params as ChangeParams;
        const text = contentChanges.at(-1)?.text;
        return text === undefined ? undefined : this.#changed(textDocument.uri, text);
      }
      case "textDocument/didClose": {
        const { uri } = (params as DocumentParams).textDocument;
        this.#documents.close(uri);
        this.#publish(uri, []);
        return this.#checkSoon();
      }
      // Editors send notifications that servers are free to ignore.
      default:
        return undefined;
    }
  }

  #changed(uri: string, text: string): void {
    const document = this.#documents.set(uri, text);
    if (document) this.#checkSoon(document);
  }

  #file({ textDocument: { uri } }: DocumentParams): FileAnswers | null {
    const fileName = fileNameOf(uri);
    const document = fileName === null ? undefined : this.#documents.of(fileName);
    return document ? this.#answersOf(document) : null;
  }

  #answersOf(document: OpenDocument): FileAnswers | null {
    const project = this.#projects.of(document.fileName);
    const file = project?.file(document.fileName);
    return project && file ? new FileAnswers(project.compiler, document.uri, file) : null;
  }

  /** A change concerns all open documents, the changed one first: two files may have one key. */
  #checkSoon(first?: OpenDocument): void {
    const others = [...this.#documents].filter((one) => one.fileName !== first?.fileName);
    this.#outdated = first ? [first, ...others] : others;
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#checkNext(), quietMs);
  }

  /** One document at a time, so that requests and changes are heard between them. */
  #checkNext(): void {
    const document = this.#outdated.shift();
    if (!document) return;
    this.#publish(document.uri, this.#diagnosticsOf(document));
    setImmediate(() => this.#checkNext());
  }

  #diagnosticsOf(document: OpenDocument): readonly Diagnostic[] {
    try {
      const problem = this.#projects.of(document.fileName)?.entryProblem ?? null;
      if (problem !== null) return entryDiagnostics(document.text, problem);
      return this.#answersOf(document)?.diagnostics() ?? [];
    } catch (error) {
      this.#log(error as Error);
      return [];
    }
  }

  #publish(uri: string, diagnostics: readonly Diagnostic[]): void {
    this.#send("textDocument/publishDiagnostics", { uri, diagnostics });
  }

  #showError({ message }: Error): void {
    this.#send("window/showMessage", { type: 1, message: `zcache: ${message}` });
  }

  #log(error: Error): void {
    this.#send("window/logMessage", {
      type: 1,
      message: `zcache: ${error.stack ?? error.message}`,
    });
  }

  #send(method: string, params: unknown): void {
    this.host.send({ jsonrpc: "2.0", method, params });
  }
}
