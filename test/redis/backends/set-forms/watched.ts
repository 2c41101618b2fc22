import test, { type ExecutionContext } from "ava";
import { configure, RedisBackend, subscribe } from "../../../../runtime";
import type { Backend } from "../../../../runtime/backends/backend";
import { wrap } from "../../../../runtime/calls/cached-function";
import { cacheNamed } from "../../../../runtime/cache/configure";
import type { Plan } from "../../../../runtime/plan";
import { type RedisServer, startRedis } from "../../../support/redis";
import { keyOver } from "../../../support/templates";

/**
 * These tests are about the forms of SET that not every server has
 * (runtime/backends/redis/set-forms.ts). A server that lacks IFEQ carries out a script with its
 * meaning. For a server that should lack a form, the client sends something else that the server
 * refuses. Each answer is therefore one of a real server.
 */

/** Starts a Redis for the tests of a file, with a function that starts a watched client of it. */
export function useWatched() {
  let server: RedisServer;
  test.before(async () => void (server = await startRedis()));
  test.after.always(() => server?.stop());
  return {
    redis: (): RedisServer => server,
    startWatched: (t: ExecutionContext, of?: RedisServer) => startWatched(t, of ?? server),
  };
}

type Form = "GET" | "IFEQ";

const ifEqual = `if redis.call("GET", KEYS[1]) ~= ARGV[2] then return false end
  return redis.call("SET", KEYS[1], ARGV[1], ARGV[3], ARGV[4])`;

/**
 * Creates a client whose server has both forms unless they are refused, and records the answers.
 */
async function startWatched(t: ExecutionContext, of: RedisServer) {
  const client = of.client();
  t.teardown(() => client.disconnect());
  await client.flushall();
  const answers: Record<Form, string[]> = { GET: [], IFEQ: [] };
  const refusals = new Map<Form, () => Promise<unknown>>();
  const set = client.setBuffer.bind(client) as (...args: unknown[]) => Promise<unknown>;
  const send = (form: Form, [key = ""]: string[], args: (string | number)[]): Promise<unknown> => {
    const refuse = refusals.get(form);
    if (refuse) return refuse();
    if (form === "GET") return set(key, ...args);
    const [bytes, , lease, ...expiry] = args as [string, string, string, string, number];
    return client.callBuffer("EVAL", ifEqual, 1, key, bytes, lease, ...expiry);
  };
  const setBuffer = (keys: string[], ...args: (string | number)[]): Promise<unknown> => {
    const form = (["GET", "IFEQ"] as const).find((word) => args.includes(word));
    if (!form) return set(keys, ...args);
    const reply = send(form, keys, args);
    reply.then(
      (answer) =>
        answers[form].push(answer === null ? "nothing" : Buffer.isBuffer(answer) ? "bytes" : "?"),
      (error: Error) => answers[form].push(error.message.split(" ", 2).join(" ")),
    );
    return reply;
  };
  Object.assign(client, { setBuffer });
  return { client, backend: new RedisBackend(client), answers, refusals };
}

let caches = 0;

/** Creates a cached function, and records the faults of its cache. */
export function createFunction(t: ExecutionContext, backend: Backend, plan: Partial<Plan> = {}) {
  const name = `forms ${++caches}`;
  configure(name, { backend, deadline: "10s" });
  const faults: string[] = [];
  const loads: number[] = [];
  t.teardown(
    subscribe((event) => event.type === "fault" && faults.push(event.error.message), {
      cache: name,
    }),
  );
  const row = wrap(
    () => ({ name: "row", key: keyOver((id: unknown) => [id]), cache: name, ...plan }),
    async (id: unknown) => {
      loads.push(id as number);
      return { id };
    },
  ) as (id: number) => Promise<unknown>;
  const idle = (): Promise<void> => cacheNamed(name).idle();
  /** Makes the function's reads take leases from now on. */
  const missOften = async (): Promise<void> => {
    for (let id = -8; id < 0; id++) await row(id);
    await idle();
    loads.length = 0;
  };
  return { row, idle, faults, loads, missOften };
}
