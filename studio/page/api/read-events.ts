import { pathOf, type Query, RequestFailed, failureOf } from "./client";

/**
 * Reads the server-sent events of a single answer until it ends or is aborted. Unlike an
 * EventSource, it reports why the server refuses, and never asks a second time by itself.
 */
export async function readEvents(
  resource: string,
  query: Query,
  signal: AbortSignal,
  take: (type: string, data: unknown) => void,
): Promise<void> {
  const response = await fetch(pathOf(resource, query), {
    credentials: "same-origin",
    cache: "no-store",
    signal,
  });
  if (!response.ok)
    throw new RequestFailed(failureOf(await response.text(), response), response.status);
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const part = await reader?.read();
    if (part?.value === undefined) return;
    const blocks = (rest + part.value).split("\n\n");
    rest = blocks.pop() ?? "";
    for (const block of blocks) {
      const fields = new Map(block.split("\n").map((line) => splitField(line)));
      const data = fields.get("data");
      if (data !== undefined) take(fields.get("event") ?? "message", JSON.parse(data) as unknown);
    }
  }
}

function splitField(line: string): [string, string] {
  const end = line.indexOf(":");
  return [line.slice(0, end), line.slice(end + 1).trimStart()];
}
