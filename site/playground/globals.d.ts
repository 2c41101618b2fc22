// The globals of Node that an example may use. @types/node would be larger than everything else
// that the page loads.
declare const process: { readonly env: Record<string, string | undefined> };
declare const console: { log(...values: unknown[]): void; error(...values: unknown[]): void };
interface AbortSignal {
  readonly aborted: boolean;
  readonly reason: unknown;
}
declare const AbortSignal: { timeout(ms: number): AbortSignal };
interface Response {
  readonly ok: boolean;
  readonly status: number;
  json(): Promise<unknown>;
  text(): Promise<string>;
}
declare function fetch(url: string, options?: { signal?: AbortSignal }): Promise<Response>;
declare class Buffer extends Uint8Array {}
declare module "node:async_hooks" {
  export class AsyncLocalStorage<T> {
    run<R>(store: T, callback: () => R): R;
    getStore(): T | undefined;
  }
}
