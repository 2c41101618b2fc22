import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { type ExecutionContext } from "ava";
import {
  configure,
  idle,
  invalidateTag,
  MemoryBackend,
  RedisBackend,
  subscribe,
  TieredBackend,
} from "../../../runtime";
import { wrap } from "../../../runtime/calls/cached-function";
import { type Plan } from "../../../runtime/plan";
import { findFreePort, type RedisServer, startRedis, until } from "../../support/redis";
import { keyOver, template } from "../../support/templates";

/**
 * A Redis as hosting services provide it: with TLS only, and a user that may use keys under its
 * prefix, and no command such as CONFIG, SCRIPT or KEYS.
 */

const directory = mkdtempSync(join(tmpdir(), "zcache-tls-"));
test.after.always(() => rmSync(directory, { recursive: true, force: true }));
const file = (name: string): string => join(directory, name);

function createCertificate(): void {
  const subject = [
    "-subj",
    "/CN=localhost",
    "-addext",
    "subjectAltName=IP:127.0.0.1,DNS:localhost",
  ];
  const keys = [
    "-newkey",
    "rsa:2048",
    "-nodes",
    "-keyout",
    file("key.pem"),
    "-out",
    file("cert.pem"),
  ];
  execFileSync("openssl", ["req", "-x509", "-days", "2", ...keys, ...subject], { stdio: "ignore" });
}

const prefix = "tenant7:";
const permitted = [
  "+get",
  "+mget",
  "+del",
  "+evalsha",
  "+eval",
  "+time",
  "+set",
  "+getrange",
  "+setrange",
  "+strlen",
];
const alsoInScripts = ["+pexpire", "+pttl", "+ping", "+info", "+hello", "+client|setname"];

/** A server with a user `app` that may use these keys, and the commands of zcache only. */
async function startRented(
  t: ExecutionContext,
  keys: string,
  args: readonly string[] = [],
): Promise<RedisServer> {
  const server = await startRedis({ args });
  t.teardown(() => server.stop());
  const rights = [
    "on",
    ">secret",
    `~${keys}`,
    "resetchannels",
    "-@all",
    ...permitted,
    ...alsoInScripts,
  ];
  await server.client().call("ACL", "SETUSER", "app", ...rights);
  return server;
}

const user = { username: "app", password: "secret" } as const;

test("TLS, a user limited to its prefix, a keyPrefix, no CONFIG and no SCRIPT", async (t) => {
  createCertificate();
  const files = ["--tls-cert-file", file("cert.pem"), "--tls-key-file", file("key.pem")];
  const authority = ["--tls-ca-cert-file", file("cert.pem"), "--tls-auth-clients", "no"];
  const server = await startRented(t, `${prefix}*`, [...files, ...authority]);
  const admin = server.client();
  const tlsPort = await findFreePort();
  await admin.config("SET", "tls-port", String(tlsPort));
  const tls = { ca: readFileSync(file("cert.pem")) };
  const client = server.client({ port: tlsPort, tls, ...user, keyPrefix: prefix });

  const faults: unknown[] = [];
  t.teardown(
    subscribe((event) => event.type === "fault" && faults.push(event.error), { cache: "rented" }),
  );
  configure("rented", { backend: new RedisBackend(client), deadline: "5s", onOutage: "flush" });
  let loads = 0;
  const plan: Plan = {
    name: "f",
    cache: "rented",
    key: keyOver((id) => [id]),
    tags: [template(["user:", ""], (id) => [id])],
    resultTags: [template(["kind:", ""], (result) => [(result as { kind: string }).kind])],
    staleMs: 60_000,
    early: 1,
  };
  const f = wrap(
    () => plan,
    async (id) => ({ id, kind: "a", load: ++loads }),
  ) as unknown as {
    (id: number): Promise<unknown>;
    refresh(id: number): Promise<unknown>;
    invalidate(id: number): Promise<void>;
  };
  const loadsOf = async (call: () => Promise<unknown>): Promise<number> => {
    const before = loads;
    await call();
    await idle();
    return loads - before;
  };
  t.is(await loadsOf(() => f(1)), 1);
  t.is(await loadsOf(() => f(1)), 0);
  t.is(await loadsOf(() => f.refresh(1)), 1);
  t.is(await loadsOf(() => f(1)), 0);
  await f.invalidate(1);
  t.is(await loadsOf(() => f(1)), 1);
  for (const tag of ["user:1", "kind:a"]) {
    await invalidateTag(tag, { cache: "rented" });
    t.is(await loadsOf(() => f(1)), 1, tag);
  }
  t.is(await loadsOf(() => f(1)), 0);
  t.deepEqual(faults, []);
  const keys = await admin.keys("*");
  t.true(keys.length >= 5 && keys.every((key) => key.startsWith(prefix)), keys.join(" "));
  await t.throwsAsync(() => client.config("GET", "maxmemory"), { message: /NOPERM/ });
});

test("a tier whose Redis permits no tracking leaves memory out of use, and works", async (t) => {
  const server = await startRented(t, "*");
  const client = server.client(user);
  const states: string[] = [];
  const backend = new TieredBackend(new MemoryBackend(), new RedisBackend(client), {
    onStateChange: (state, cause) => states.push(`${state} ${cause?.message.split(" ")[0]}`),
  });
  t.teardown(() => backend.close());
  configure("tier", { backend, deadline: "5s" });
  let loads = 0;
  const plan: Plan = { name: "f", cache: "tier", key: keyOver((id) => [id]), memoryMs: 60_000 };
  const f = wrap(
    () => plan,
    async () => ++loads,
  ) as (id: number) => Promise<number>;
  t.deepEqual([await f(1), await f(1)], [1, 1]);
  await until("the tier has been refused", async () => states.length > 0);
  t.deepEqual(states, ["bypassed NOPERM"]);
  t.is(backend.state, "bypassed");
});
