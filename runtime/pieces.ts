import { type Backend } from "./backend";

/** What one operation asks a remote store for at most: its deadline is then that of a piece, not of a batch of any size. */
const mostRequests = 512;
/** About. One request may be larger. */
const mostBytes = 4_000_000;

/**
 * The requests in pieces, in their order. Each is asked for when the one before it is answered, so that a batch of any size
 * has no more than a piece under way, and others get their turn in between. A store in this process needs none of that.
 *
 * @param bytesOf how much is sent for a request; left out where that is little for each
 */
export function* piecesFor<Request>(
  { remote }: Backend,
  requests: readonly Request[],
  bytesOf?: (request: Request) => number,
): Generator<readonly Request[]> {
  if (requests.length === 0) return;
  if (!remote) return yield requests;
  for (let from = 0; from < requests.length;) {
    let to = from;
    for (let bytes = 0; to < requests.length && to - from < mostRequests; to++) {
      bytes += bytesOf?.(requests[to] as Request) ?? 0;
      if (bytes > mostBytes && to > from) break;
    }
    yield from === 0 && to === requests.length ? requests : requests.slice(from, to);
    from = to;
  }
}
