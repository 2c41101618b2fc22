/**
 * open: messages arrive. connecting: the first connection is being made. lost: the connection has
 * ended, and will be tried again automatically. silent: it is open, but the server has sent nothing
 * for longer than expected.
 */
export type StreamState = "connecting" | "open" | "lost" | "silent";

export interface StreamOptions {
  readonly url: string;
  readonly messages: Readonly<Record<string, (data: unknown) => void>>;
  readonly onState: (state: StreamState) => void;
}

/** The server sends something each second. */
const silentAfterMs = 6000;
const retryMs = 1000;

/**
 * Server-sent events that survive a restart of the server. A browser reconnects by itself when a
 * connection breaks, but gives up if the answer is an error, such as a proxy's "502". This class
 * then connects again.
 */
export function openStream({ url, messages, onState }: StreamOptions): { close(): void } {
  let source: EventSource;
  let lastReceivedAt = performance.now();
  let state: StreamState = "connecting";
  let retry: number | undefined;

  function become(next: StreamState): void {
    if (next === state) return;
    state = next;
    onState(next);
  }

  function receive(): void {
    lastReceivedAt = performance.now();
    become("open");
  }

  function connect(): void {
    source = new EventSource(url);
    source.addEventListener("open", receive);
    source.addEventListener("error", () => {
      become("lost");
      if (source.readyState !== EventSource.CLOSED || retry !== undefined) return;
      retry = setTimeout(() => {
        retry = undefined;
        connect();
      }, retryMs);
    });
    for (const [type, take] of Object.entries(messages)) {
      source.addEventListener(type, (event: MessageEvent<string>) => {
        receive();
        take(JSON.parse(event.data) as unknown);
      });
    }
  }

  connect();
  const watch = setInterval(() => {
    if (state === "open" && performance.now() - lastReceivedAt > silentAfterMs) become("silent");
  }, 1000);

  return {
    close() {
      clearInterval(watch);
      clearTimeout(retry);
      source.close();
    },
  };
}
