import { type Backend } from "./backend";

/**
 * The most requests of one operation of a remote store. Its deadline is then that of a piece, not
 * of a batch of any size.
 */
const mostRequests = 512;
/** An approximate limit. One request may be larger. */
const mostBytes = 4_000_000;

/**
 * Sends the requests in pieces, one after the other, and returns the answers of all of them in
 * their order.
 *
 * @param send returns one answer for each request of its piece
 * @param bytesOf see `piecesFor`
 */
export function sendInPieces<Request, Answer>(
  backend: Backend,
  requests: readonly Request[],
  send: (piece: readonly Request[]) => Promise<readonly Answer[]>,
  bytesOf?: (request: Request) => number,
): Promise<readonly Answer[]> {
  const pieces = piecesFor(backend, requests, bytesOf);
  // There is usually one piece, and saving a promise for each miss is measurable.
  return pieces.length === 1 ? send(requests) : sendInTurn(pieces, send);
}

async function sendInTurn<Request, Answer>(
  pieces: readonly (readonly Request[])[],
  send: (piece: readonly Request[]) => Promise<readonly Answer[]>,
): Promise<readonly Answer[]> {
  const answers: Answer[] = [];
  for (const piece of pieces) answers.push(...(await send(piece)));
  return answers;
}

/**
 * Returns the requests in pieces, in their order. Each piece is sent when the one before it is
 * answered, so that a batch of any size has at most one piece under way, and other operations get
 * their turn in between. A store in this process needs none of that.
 *
 * @param bytesOf how much is sent for a request; left out if that is little for each
 */
export function piecesFor<Request>(
  { remote }: Backend,
  requests: readonly Request[],
  bytesOf: (request: Request) => number = () => 0,
): readonly (readonly Request[])[] {
  if (requests.length === 0) return [];
  if (!remote || requests.length === 1) return [requests];
  const pieces: Request[][] = [];
  let piece: Request[] = [];
  let bytes = 0;
  for (const request of requests) {
    const more = bytesOf(request);
    if (piece.length === 0 || piece.length === mostRequests || bytes + more > mostBytes) {
      pieces.push((piece = []));
      bytes = 0;
    }
    piece.push(request);
    bytes += more;
  }
  return pieces;
}
