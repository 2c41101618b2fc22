import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from "node:http";
import { createRequire } from "node:module";
import { type AddressInfo } from "node:net";
import { join } from "node:path";
import anyTest, { type TestFn } from "ava";
import type * as studioPackage from "../../../studio";
import { installPackages } from "../../support/own-packages";
import { ask, GivenSource, projectWith } from "../../unit/studio/support/served";

/**
 * These tests run the lines of docs/studio.md with the frameworks that people use. They import the
 * built package.
 */
const test = anyTest as TestFn<{ require: NodeJS.Require }>;
const { createStudio } = require("zcache/studio") as typeof studioPackage;

test.before((t) => {
  t.context.require = createRequire(
    join(installPackages("processes/studio/frameworks"), "package.json"),
  );
});

type Handler = ReturnType<typeof createStudio>;
type Load = (name: string) => any; // eslint-disable-line @typescript-eslint/no-explicit-any

interface Mounted {
  readonly port: number;
  close(): Promise<unknown>;
}

async function listen(listener: RequestListener): Promise<Mounted> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return portOf(server);
}

function portOf(server: Server): Mounted {
  const close = async (): Promise<void> => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return { port: (server.address() as AddressInfo).port, close };
}

const frameworks: Readonly<Record<string, (studio: Handler, load: Load) => Promise<Mounted>>> = {
  "node:http": (studio) => listen(studio),

  Express(studio, load) {
    const express = load("express");
    const app = express();
    app.use(express.json());
    app.use("/studio", studio);
    return listen(app);
  },

  async Fastify(studio, load) {
    const app = load("fastify")();
    app.register(
      async (scope: any) => {
        scope.removeAllContentTypeParsers();
        scope.addContentTypeParser(
          "*",
          (_request: unknown, _body: unknown, done: (error: null) => void) => done(null),
        );
        scope.all(
          "/*",
          (request: { raw: IncomingMessage }, reply: { hijack(): void; raw: ServerResponse }) => {
            reply.hijack();
            studio(request.raw, reply.raw);
          },
        );
      },
      { prefix: "/studio" },
    );
    await app.listen({ port: 0, host: "127.0.0.1" });
    return portOf(app.server);
  },

  Koa(studio, load) {
    const Koa = load("koa");
    const app = new Koa();
    app.use(
      (
        context: { path: string; respond: boolean; req: IncomingMessage; res: ServerResponse },
        next: () => unknown,
      ) => {
        if (!context.path.startsWith("/studio")) return next();
        context.respond = false;
        studio(context.req, context.res);
      },
    );
    return listen(app.callback());
  },

  async Hono(studio, load) {
    const { Hono } = load("hono");
    const { serve } = load("@hono/node-server");
    const { RESPONSE_ALREADY_SENT } = load("@hono/node-server/utils/response");
    const app = new Hono();
    app.all(
      "/studio/*",
      (context: { env: { incoming: IncomingMessage; outgoing: ServerResponse } }) => {
        studio(context.env.incoming, context.env.outgoing);
        return RESPONSE_ALREADY_SENT;
      },
    );
    return new Promise((resolve) => {
      const server = serve({ fetch: app.fetch, port: 0, hostname: "127.0.0.1" }, () =>
        resolve(portOf(server)),
      );
    });
  },

  async Nest(studio, load) {
    load("reflect-metadata");
    const { Module } = load("@nestjs/common");
    const { NestFactory } = load("@nestjs/core");
    class AppModule {}
    Module({})(AppModule);
    const app = await NestFactory.create(AppModule, { logger: false });
    app.use("/studio", studio);
    await app.listen(0, "127.0.0.1");
    return portOf(app.getHttpServer());
  },
};

for (const [name, mount] of Object.entries(frameworks)) {
  test(`${name}: the page, its API, a live stream and a change are answered`, async (t) => {
    const source = new GivenSource();
    const studio = createStudio({ source, project: projectWith(t, []), allowWrites: true });
    const { port, close } = await mount(studio, t.context.require);
    t.teardown(async () => {
      studio.close();
      await close();
    });
    const prefix = name === "node:http" ? "" : "/studio";

    const page = await ask(port, `${prefix}/`);
    t.is(page.status, 200);
    t.regex(page.text, /<!doctype html>/i);
    for (const [, path = ""] of page.text.matchAll(/(?:src|href)="([^":]+)"/g)) {
      const asset = await ask(port, new URL(path, `http://localhost${prefix}/`).pathname);
      t.is(asset.status, 200, path);
      t.is(asset.headers["cache-control"], "public, max-age=31536000, immutable");
    }

    const session = await ask(port, `${prefix}/api/v1/session`);
    t.is(session.status, 200);
    t.is(session.json.api, 1);

    const headers = { "x-zcache-token": session.json.token, "content-type": "application/json" };
    const body = JSON.stringify({ key: "shop.find|5" });
    const refreshed = await ask(port, `${prefix}/api/v1/refresh`, {
      method: "POST",
      headers,
      body,
    });
    t.is(refreshed.status, 200, refreshed.text);
    t.deepEqual(source.refreshed, ["shop.find|5"]);

    const live = await fetch(`http://127.0.0.1:${port}${prefix}/api/v1/live`);
    const reader = live.body?.getReader();
    let text = "";
    while (!text.includes("event: overview")) {
      const part = await reader?.read();
      t.false(part?.done);
      text += Buffer.from((part?.value as Uint8Array | undefined) ?? []).toString();
    }
    await reader?.cancel();
  });
}
