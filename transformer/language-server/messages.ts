/**
 * A request, which has an id, or a notification, which has none; or the answer to a request of
 * ours.
 */
export interface Message {
  readonly jsonrpc: "2.0";
  readonly id?: number | string;
  readonly method?: string;
  readonly params?: unknown;
}

export interface Answer {
  readonly jsonrpc: "2.0";
  readonly id: number | string;
  readonly result?: unknown;
  readonly error?: { readonly code: number; readonly message: string };
}

/** Writes a message as the protocol sends it: its length in bytes, an empty line and JSON. */
export function frame(message: Message | Answer): string {
  const body = JSON.stringify(message);
  return `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}

/** Reads messages from pieces of a stream, which end anywhere. */
export class MessageReader {
  #received: Buffer = Buffer.alloc(0);

  /** @throws if a message can't be read, because it is not known where the next one begins */
  *read(piece: Buffer): Generator<Message> {
    this.#received = Buffer.concat([this.#received, piece]);
    for (;;) {
      const end = this.#received.indexOf("\r\n\r\n");
      if (end < 0) return;
      const header = this.#received.toString("ascii", 0, end);
      const length = /^Content-Length: *(\d+)\r?$/im.exec(header)?.[1];
      if (length === undefined)
        throw new Error(`A message has no Content-Length in its header, which is "${header}".`);
      const start = end + 4;
      const next = start + Number(length);
      if (this.#received.length < next) return;
      const body = this.#received.toString("utf8", start, next);
      this.#received = this.#received.subarray(next);
      yield JSON.parse(body) as Message;
    }
  }
}
