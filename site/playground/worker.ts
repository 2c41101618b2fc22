import { compile } from "./compile";
import { type Result } from "./result";

export interface Request {
  readonly id: number;
  readonly source: string;
}

export interface Response {
  readonly id: number;
  /** An error in zcache itself is shown and not swallowed. */
  readonly outcome: { readonly result: Result } | { readonly failure: string };
}

addEventListener("message", ({ data: { id, source } }: MessageEvent<Request>) => {
  const respond = (outcome: Response["outcome"]): void =>
    postMessage({ id, outcome } satisfies Response);
  try {
    respond({ result: compile(source) });
  } catch (error) {
    respond({ failure: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  }
});
