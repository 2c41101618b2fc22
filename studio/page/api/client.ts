import { type Done, type Failure } from "../../api";

/**
 * The error of a request that the server has refused. Its message is the server's own sentence,
 * which is shown as it is.
 */
export class RequestFailed extends Error {
  constructor(
    message: string,
    /** It is zero if there was no answer. */
    readonly status: number,
  ) {
    super(message);
  }
}

/** Values of a query. Those that are null or empty are left out. */
export type Query = Readonly<Record<string, string | number | null>>;

/** Paths are relative to the page, so that Studio works below any prefix. */
export function pathOf(resource: string, query: Query = {}): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== null && value !== "") parameters.set(name, String(value));
  }
  const text = parameters.toString();
  return `api/v1/${resource}${text === "" ? "" : `?${text}`}`;
}

export async function getJson<T>(
  resource: string,
  query: Query = {},
  signal?: AbortSignal,
): Promise<T> {
  return request<T>(pathOf(resource, query), signal ? { signal } : {});
}

export async function postJson(resource: string, token: string, body: object): Promise<Done> {
  return request<Done>(pathOf(resource), {
    method: "POST",
    headers: { "content-type": "application/json", "x-zcache-token": token },
    body: JSON.stringify(body),
  });
}

async function request<T>(path: string, init: RequestInit): Promise<T> {
  let response: Response;
  try {
    response = await fetch(path, { ...init, credentials: "same-origin", cache: "no-store" });
  } catch (error) {
    if (init.signal?.aborted) throw error;
    throw new RequestFailed("The server of this page does not answer.", 0);
  }
  const text = await response.text();
  if (!response.ok) throw new RequestFailed(failureOf(text, response), response.status);
  const body = parse(text);
  if (body === undefined)
    throw new RequestFailed(`The answer to ${path} is not JSON.`, response.status);
  return body as T;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** Returns the server's own sentence, or else a description of the status. */
export function failureOf(text: string, response: Response): string {
  const error = (parse(text) as Partial<Failure> | null | undefined)?.error;
  if (typeof error === "string" && error !== "") return error;
  return `The server answered ${response.status}${response.statusText === "" ? "" : ` ${response.statusText}`}.`;
}
