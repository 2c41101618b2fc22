import { type IncomingMessage } from "node:http";
import test from "ava";
import { Access } from "../../../studio/server/access";
import { ask, GivenSource, projectWith, serve } from "./support/served";

/** Makes a request with the parts that access looks at. */
function requestOf(remoteAddress: string, headers: Record<string, string> = {}): IncomingMessage {
  return {
    socket: { remoteAddress },
    headers: { host: "localhost:4000", ...headers },
  } as unknown as IncomingMessage;
}

for (const address of ["127.0.0.1", "127.8.8.8", "::1", "::ffff:127.0.0.1"]) {
  test(`without authorize, ${address} is let in`, async (t) => {
    t.true((await new Access({}).permit(requestOf(address))).mayRead);
  });
}

for (const address of [
  "10.0.0.5",
  "192.168.1.9",
  "::ffff:10.1.1.1",
  "2001:db8::1",
  "::2",
  "fe80::127.0.0.1",
  "",
]) {
  test(`without authorize, ${address || "an unknown address"} does not get in`, async (t) => {
    const permission = await new Access({}).permit(requestOf(address));
    t.false(permission.mayRead);
    t.false(permission.mayWrite);
    t.regex(permission.whyNot ?? "", /authorize/);
  });
}

for (const header of ["x-forwarded-for", "forwarded", "x-real-ip", "via", "x-forwarded-host"]) {
  test(`without authorize, a request that a proxy has passed on (${header}) does not get in`, async (t) => {
    t.false((await new Access({}).permit(requestOf("127.0.0.1", { [header]: "1.2.3.4" }))).mayRead);
  });
}

for (const host of [
  "evil.example",
  "evil.example:4000",
  "localhost.evil.example",
  "127.0.0.1.evil.example",
  "",
]) {
  test(`without authorize, the host ${host || "(none)"} is refused, because its name may lead here (DNS rebinding)`, async (t) => {
    t.false((await new Access({}).permit(requestOf("127.0.0.1", { host }))).mayRead);
  });
}

test("with authorize, it alone decides about access", async (t) => {
  const access = new Access({ authorize: ({ headers }) => headers["x-key"] === "right" });
  t.true(
    (await access.permit(requestOf("10.0.0.5", { "x-key": "right", host: "shop.example" })))
      .mayRead,
  );
  t.false((await access.permit(requestOf("127.0.0.1"))).mayRead);
});

for (const [what, authorize] of [
  [
    "throws",
    () => {
      throw new Error("no");
    },
  ],
  ["rejects", () => Promise.reject(new Error("no"))],
  ["answers 1", () => 1 as unknown as boolean],
  ["answers a promise of a user", () => Promise.resolve({ name: "bob" } as unknown as boolean)],
] as const) {
  test(`an authorize that ${what} refuses everybody`, async (t) => {
    t.false((await new Access({ authorize }).permit(requestOf("127.0.0.1"))).mayRead);
  });
}

test("writing needs a permission of its own", async (t) => {
  t.false((await new Access({}).permit(requestOf("127.0.0.1"))).mayWrite);
  t.false((await new Access({ authorize: () => true }).permit(requestOf("127.0.0.1"))).mayWrite);
  t.true((await new Access({ allowWrites: true }).permit(requestOf("127.0.0.1"))).mayWrite);
  const byHeader = new Access({
    authorize: () => true,
    allowWrites: ({ headers }) => headers["x-role"] === "admin",
  });
  t.false((await byHeader.permit(requestOf("127.0.0.1"))).mayWrite);
  t.true((await byHeader.permit(requestOf("127.0.0.1", { "x-role": "admin" }))).mayWrite);
});

test("a request of another address is refused over the network too", async (t) => {
  const source = new GivenSource();
  const { port } = await serve(t, { source, project: projectWith(t, []) });
  for (const path of ["/", "/assets/app.js", "/api/v1/session", "/api/v1/live", "/api/v1/scan"]) {
    const answer = await ask(port, path, { headers: { host: "evil.example" } });
    t.is(answer.status, 403, path);
    t.notRegex(answer.text, /token/);
  }
});

test("without permission to write, nothing is changed", async (t) => {
  const source = new GivenSource();
  const served = await serve(t, { source, project: projectWith(t, []) });
  for (const [path, parameters] of [
    ["/api/v1/invalidate", { key: "a" }],
    ["/api/v1/refresh", { key: "a" }],
    ["/api/v1/pause", { paused: true }],
  ] as const) {
    const answer = await served.post(path, parameters);
    t.is(answer.status, 403);
    t.regex(answer.json.error, /allowWrites/);
  }
  t.deepEqual(source.refreshed, []);
  t.deepEqual(source.paused, []);
});

test("a change needs the token of the session, and must come from the page itself", async (t) => {
  const source = new GivenSource();
  const served = await serve(t, { source, project: projectWith(t, []), allowWrites: true });
  const { token } = (await served.ask("/api/v1/session")).json as { token: string };
  const host = `127.0.0.1:${served.port}`;
  const post = (headers: Record<string, string>) =>
    served.ask("/api/v1/refresh?key=a", { method: "POST", headers: { host, ...headers } });

  t.is((await post({})).status, 403);
  t.is((await post({ "x-zcache-token": "wrong" })).status, 403);
  t.is((await post({ "x-zcache-token": token, origin: "http://evil.example" })).status, 403);
  t.is((await post({ "x-zcache-token": token, origin: "null" })).status, 403);
  t.is((await post({ "x-zcache-token": token, "sec-fetch-site": "cross-site" })).status, 403);
  t.is((await post({ "x-zcache-token": token, "sec-fetch-site": "same-site" })).status, 403);
  t.deepEqual(source.refreshed, []);
  t.is(
    (
      await post({
        "x-zcache-token": token,
        origin: `http://${host}`,
        "sec-fetch-site": "same-origin",
      })
    ).status,
    200,
  );
  t.deepEqual(source.refreshed, ["a"]);
});

test("a GET changes nothing", async (t) => {
  const source = new GivenSource();
  const served = await serve(t, { source, project: projectWith(t, []), allowWrites: true });
  for (const path of ["invalidate?key=a", "refresh?key=a", "pause?paused=true"])
    t.is((await served.ask(`/api/v1/${path}`)).status, 404);
  t.is((await served.ask("/api/v1/session", { method: "DELETE" })).status, 405);
  t.deepEqual(source.refreshed, []);
});

test("every answer forbids other sources, framing and sniffing", async (t) => {
  const served = await serve(t, { source: new GivenSource(), project: projectWith(t, []) });
  for (const path of ["/", "/api/v1/session", "/api/v1/nothing", "/nothing.php"]) {
    const { headers } = await served.ask(path);
    t.regex(
      String(headers["content-security-policy"]),
      /default-src 'none'.*frame-ancestors 'none'/,
      path,
    );
    t.notRegex(String(headers["content-security-policy"]), /unsafe|\*|https?:/);
    t.is(headers["x-content-type-options"], "nosniff");
    t.is(headers["cross-origin-resource-policy"], "same-origin");
    t.is(headers["access-control-allow-origin"], undefined);
  }
});
