/** `zcache/pg`: transactions by hand, for the clients and pools of `pg`. */
import { show } from "../check-options";
import { ConfigError } from "../index";
import { openScope, type Scope } from "../transactions/scope";
import { inScope, wrongClient } from "./library-transaction";

/** The part in use of a client of `pg`. */
export interface ClientLike {
  query(text: string): Promise<unknown>;
}

/** The part in use of a pool of `pg`. */
export interface PoolLike<C extends ReleasedClient = ReleasedClient> {
  connect(): Promise<C>;
  readonly totalCount: number;
}

export interface ReleasedClient extends ClientLike {
  release(error?: boolean): void;
}

/** A transaction of this adapter that a client is in. */
interface Open {
  /** It is 1 for the transaction itself, and more for its savepoints. */
  readonly depth: number;
  readonly scope: Scope | null;
}

const opened = new WeakMap<ClientLike, Open>();

/**
 * Runs `fn` between BEGIN and COMMIT on a client of the pool, and carries out its invalidations
 * after the COMMIT. If `fn` rejects, the transaction is rolled back and nothing is invalidated. If
 * it is given the client of a transaction that is under way, it makes a savepoint.
 *
 * @param begin the statement that begins a transaction: `BEGIN ISOLATION LEVEL SERIALIZABLE`
 * @throws ConfigError for a value that is neither a client nor a pool, and for a client that is in
 * another caller's transaction
 * @example
 * await transaction(pool, async (client) => {
 *   await client.query("update users set name = $1 where id = $2", [name, id]);
 *   await invalidateTag(`user:${id}`);
 * });
 */
export function transaction<C extends ReleasedClient, R>(
  pool: PoolLike<C>,
  fn: (client: C) => Promise<R>,
  begin?: string,
): Promise<R>;
export function transaction<C extends ClientLike, R>(
  client: C,
  fn: (client: C) => Promise<R>,
  begin?: string,
): Promise<R>;
export async function transaction(
  from: PoolLike | ClientLike,
  fn: (client: never) => Promise<unknown>,
  begin = "BEGIN",
): Promise<unknown> {
  if (typeof fn !== "function")
    throw new ConfigError(`zcache/pg takes a function, but got: ${show(fn)}.`);
  if (typeof begin !== "string" || begin === "")
    throw new ConfigError(
      `zcache/pg takes the statement that begins a transaction, such as "BEGIN", but got: ${show(begin)}.`,
    );
  const { query, connect, totalCount } = Object(from) as Record<string, unknown>;
  if (typeof query !== "function") throw wrongClient("pg", "a Pool or a Client of pg", from);
  if (typeof connect !== "function" || typeof totalCount !== "number")
    return run(from as ClientLike, fn, begin);
  const client = await (from as PoolLike).connect();
  let isBroken = true;
  try {
    const result = await run(client, fn, begin);
    isBroken = false;
    return result;
  } catch (error) {
    // A client whose transaction can't be rolled back must not be used again.
    isBroken = opened.has(client);
    throw error;
  } finally {
    opened.delete(client);
    client.release(isBroken);
  }
}

function run(
  client: ClientLike,
  fn: (client: never) => Promise<unknown>,
  begin: string,
): Promise<unknown> {
  const outer = opened.get(client) ?? null;
  if (outer && !isInside(outer.scope))
    throw new ConfigError(
      "zcache/pg: this client is in a transaction that another caller has begun, so this one would become a part of it. Take a client of the pool for each transaction, or give transaction the pool.",
    );
  const depth = outer?.depth ?? 0;
  const savepoint = `zcache_${depth}`;
  const statements =
    depth === 0
      ? { begin, commit: "COMMIT", rollback: "ROLLBACK" }
      : {
          begin: `SAVEPOINT ${savepoint}`,
          commit: `RELEASE SAVEPOINT ${savepoint}`,
          rollback: `ROLLBACK TO SAVEPOINT ${savepoint}`,
        };
  const leave = (): unknown => (outer ? opened.set(client, outer) : opened.delete(client));
  const within = async (callback: typeof fn): Promise<unknown> => {
    opened.set(client, { depth: depth + 1, scope: openScope() });
    try {
      await client.query(statements.begin);
    } catch (error) {
      leave();
      throw error;
    }
    try {
      const result = await callback(client as never);
      await client.query(statements.commit);
      leave();
      return result;
    } catch (error) {
      await client.query(statements.rollback).then(leave, () => {});
      throw error;
    }
  };
  return inScope(fn, within, depth > 0);
}

/** Whether the current code is inside the transaction that has this scope. */
function isInside(scope: Scope | null): boolean {
  for (let one = openScope(); one; one = one.outer) if (one === scope) return true;
  return false;
}
