import { useEffect, useState } from "preact/hooks";
import { getJson, type Query } from "../api/client";

export interface Resource<T> {
  /** The last answer, which stays until the next one arrives. */
  readonly data: T | null;
  /** Why the last request failed, or null if it did not. */
  readonly error: string | null;
  readonly isLoading: boolean;
}

interface Answer<T> extends Resource<T> {
  readonly asked: string | null;
}

/**
 * Returns the answer to a GET. It is repeated every `everyMs` while the page is visible, and at
 * once when the query or `round` changes. A null resource requests nothing. The answer to an older
 * query is never shown for a newer one.
 */
export function useResource<T>(
  resource: string | null,
  query: Query,
  { everyMs = null, round = 0 }: { readonly everyMs?: number | null; readonly round?: number } = {},
): Resource<T> {
  const asked = resource === null ? null : JSON.stringify([resource, query]);
  const [answer, setAnswer] = useState<Answer<T>>({
    asked: null,
    data: null,
    error: null,
    isLoading: false,
  });

  useEffect(() => {
    if (resource === null) return undefined;
    const aborter = new AbortController();
    const { signal } = aborter;
    let timer: number | undefined;

    async function ask(path: string): Promise<void> {
      const askedAt = performance.now();
      try {
        const data = await getJson<T>(path, query, signal);
        if (!signal.aborted) setAnswer({ asked, data, error: null, isLoading: false });
      } catch (error) {
        if (signal.aborted) return;
        const text = error instanceof Error ? error.message : String(error);
        setAnswer((last) => ({
          asked,
          data: last.asked === asked ? last.data : null,
          error: text,
          isLoading: false,
        }));
      }
      if (everyMs === null || signal.aborted) return;
      // A slow request is repeated less often, so that the page is never busy with answers alone.
      const pauseMs = Math.max(everyMs, 5 * (performance.now() - askedAt));
      timer = setTimeout(() => askWhenSeen(path), pauseMs);
    }

    function askWhenSeen(path: string): void {
      if (!document.hidden) void ask(path);
      else
        document.addEventListener("visibilitychange", () => askWhenSeen(path), {
          once: true,
          signal,
        });
    }

    void ask(resource);
    return () => {
      aborter.abort();
      clearTimeout(timer);
    };
  }, [asked, round, everyMs]);

  return answer.asked === asked ? answer : { data: null, error: null, isLoading: asked !== null };
}
