import { ServerFailure } from "../compilers/native/server";
import { zcacheVersion } from "../context/zcache-version";
import { entryDiagnostics, FileAnswers } from "./answers";
import { type Answer, type Message } from "./messages";
import { fileNameOf, type OpenDocument, OpenDocuments } from "./open-documents";
import { Projects } from "./projects";
import {
  capabilities,
  type Diagnostic,
  type DocumentParams,
  errorCodes,
  type InitializeParams,
  type Notifications,
  RequestError,
  type Requests,
} from "./protocol";

/** What the server needs of the process that it runs in. */
export interface ServerHost {
  readonly nearestConfig: (directory: string) => string | null;
  readonly send: (message: Message | Answer) => void;
  /** Calls after each change on the disk beneath a folder. */
  readonly watch: (directory: string, changed: () => void) => void;
  /** Called when the editor has ended the server. */
  readonly exit: (isOrderly: boolean) => void;
}

/**
 * The time after a key press at which diagnostics are made, in which most people type the next key.
 */
const quietMs = 150;

/**
 * Gives an editor what zcache knows about comments, over the Language Server Protocol. It runs
 * beside TypeScript's own language server, and repeats nothing that one reports.
 */
export class LanguageServer {
  readonly #documents = new OpenDocuments();
  readonly #projects: Projects;
  #state: "new" | "running" | "shut down" = "new";
  #timer: NodeJS.Timeout | null = null;
  /** The documents whose diagnostics may have changed. */
  #outdated: OpenDocument[] = [];

  readonly #requests: Requests = {
    shutdown: () => {
      this.#state = "shut down";
      return null;
    },
    "textDocument/hover": (params) => this.#file(params)?.hover(params.position) ?? null,
    "textDocument/completion": (params) => this.#file(params)?.completions(params.position) ?? [],
    "textDocument/definition": (params) => this.#file(params)?.definition(params.position) ?? [],
    "textDocument/codeAction": (params) => this.#file(params)?.codeActions(params) ?? [],
  };
  readonly #notifications: Notifications = {
    exit: () => this.host.exit(this.#state === "shut down"),
    "textDocument/didOpen": ({ textDocument: { uri, text } }) => this.#changed(uri, text),
    "textDocument/didChange": ({ textDocument: { uri }, contentChanges }) => {
      const text = contentChanges.at(-1)?.text;
      if (text !== undefined) this.#changed(uri, text);
    },
    "textDocument/didClose": ({ textDocument: { uri } }) => {
      this.#documents.close(uri);
      this.#publish(uri, []);
      this.#checkSoon();
    },
  };

  constructor(private readonly host: ServerHost) {
    this.#projects = new Projects(host.nearestConfig, this.#documents, (error) =>
      this.#showError(error),
    );
  }

  receive(message: Message): void {
    // Without a method it is an answer, and the server sends no requests.
    if (message.method === undefined) return;
    const { id, method, params } = message;
    const answer = this.#try(() =>
      id === undefined ? this.#notify(method, params) : this.#request(method, params),
    );
    if (id !== undefined) this.host.send({ jsonrpc: "2.0", id, ...answer });
  }

  diskChanged(): void {
    this.#try(() => this.#projects.diskChanged());
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
      this.#failed(error as Error);
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
    const answer = methodOf(this.#requests, method);
    if (answer) return answer(params);
    throw new RequestError(errorCodes.methodNotFound, `zcache's language server has no ${method}.`);
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

  /** Editors send notifications that servers are free to ignore. */
  #notify(method: string, params: unknown): void {
    methodOf(this.#notifications, method)?.(params);
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
    return project && file ? new FileAnswers(project.live.ts, document.uri, file) : null;
  }

  /**
   * Checks all open documents after a change, the changed one first, because two files may have
   * the same key.
   */
  #checkSoon(first?: OpenDocument): void {
    const others = [...this.#documents].filter((one) => one.fileName !== first?.fileName);
    this.#outdated = first ? [first, ...others] : others;
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#checkNext(), quietMs);
  }

  /** Checks one document at a time, so that requests and changes are handled in between. */
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
      this.#failed(error as Error);
      return [];
    }
  }

  /** After a failure of the compiler's server, everything is asked again. */
  #failed(error: Error): void {
    this.#log(error);
    if (!(error instanceof ServerFailure)) return;
    this.#projects.serverFailed(error);
    this.#checkSoon();
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

/**
 * Returns the handler of a method, or undefined if there is none. The protocol promises that an
 * editor sends the parameters of the method, so they are not checked.
 */
function methodOf(methods: object, name: string): ((params: unknown) => unknown) | undefined {
  return Object.hasOwn(methods, name)
    ? (methods as Record<string, (params: unknown) => unknown>)[name]
    : undefined;
}
