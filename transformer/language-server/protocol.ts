/**
 * The parts of the Language Server Protocol 3.17 that zcache uses. Lines and characters count from
 * 0, in UTF-16.
 */

export interface Position {
  readonly line: number;
  readonly character: number;
}

export interface Range {
  readonly start: Position;
  readonly end: Position;
}

export interface Diagnostic {
  readonly range: Range;
  readonly severity: number;
  readonly code: number;
  readonly source: string;
  readonly message: string;
}

export const severities = { error: 1, information: 3 } as const;

export interface CompletionItem {
  readonly label: string;
  readonly kind: number;
  readonly detail?: string;
  readonly documentation?: string;
  readonly sortText: string;
  readonly filterText: string;
  readonly textEdit: TextEdit;
}

export const completionKinds = {
  option: 14,
  value: 20,
  parameter: 6,
  property: 10,
  method: 2,
} as const;

export interface TextEdit {
  readonly range: Range;
  readonly newText: string;
}

export interface Hover {
  readonly contents: { readonly kind: "markdown"; readonly value: string };
  readonly range?: Range;
}

export interface CodeAction {
  readonly title: string;
  readonly kind: string;
  readonly diagnostics?: readonly Diagnostic[];
  readonly edit: { readonly changes: Readonly<Record<string, readonly TextEdit[]>> };
}

export interface Location {
  readonly uri: string;
  readonly range: Range;
}

interface TextDocument {
  readonly uri: string;
}

export interface InitializeParams {
  readonly rootUri?: string | null;
  readonly workspaceFolders?: readonly { readonly uri: string }[] | null;
}

export interface DocumentParams {
  readonly textDocument: TextDocument;
}

export interface OpenParams {
  readonly textDocument: TextDocument & { readonly text: string };
}

export interface ChangeParams extends DocumentParams {
  /** The server asks for whole texts, so that the last change is the text. */
  readonly contentChanges: readonly { readonly text: string }[];
}

export interface PositionParams extends DocumentParams {
  readonly position: Position;
}

export interface CodeActionParams extends DocumentParams {
  readonly range: Range;
  readonly context: {
    readonly diagnostics: readonly Diagnostic[];
    readonly only?: readonly string[];
  };
}

/** The requests that are answered after `initialize`, with their parameters and results. */
export interface Requests {
  shutdown(): null;
  "textDocument/hover"(params: PositionParams): Hover | null;
  "textDocument/completion"(params: PositionParams): readonly CompletionItem[];
  "textDocument/definition"(params: PositionParams): readonly Location[];
  "textDocument/codeAction"(params: CodeActionParams): readonly CodeAction[];
}

/** The notifications that have an effect, with their parameters. */
export interface Notifications {
  exit(): void;
  "textDocument/didOpen"(params: OpenParams): void;
  "textDocument/didChange"(params: ChangeParams): void;
  "textDocument/didClose"(params: DocumentParams): void;
}

export const capabilities = {
  positionEncoding: "utf-16",
  textDocumentSync: { openClose: true, change: 1 },
  hoverProvider: true,
  definitionProvider: true,
  completionProvider: { triggerCharacters: ["{", ".", " "] },
  codeActionProvider: { codeActionKinds: ["quickfix", "refactor.rewrite"] },
} as const;

/** Thrown for a request that can't be answered; `code` is one of JSON-RPC's or of the protocol. */
export class RequestError extends Error {
  constructor(
    readonly code: number,
    message: string,
  ) {
    super(message);
  }
}

export const errorCodes = {
  invalidRequest: -32600,
  methodNotFound: -32601,
  internalError: -32603,
  notInitialized: -32002,
} as const;
