import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { createServer, type Server } from "node:http";
import { type AddressInfo } from "node:net";
import { createStudio } from "../../studio/server/create-studio";
import { type Command, CommandError, exitCodes, UsageError } from "./command";
import { studioOf, studioOptions, untilInterrupted } from "./open-studio";

export const studio: Command = {
  name: "studio",
  positionals: "",
  count: [0, 0],
  summary:
    "Serves a page that shows what the caches of running programs do, and what Redis has stored",
  details:
    "The page shows processes that were started with configure({ studio: true }) or ZCACHE_STUDIO=1. It is served to this machine only, at an address that nobody can guess.",
  options: {
    ...studioOptions,
    port: { value: "PORT", description: "where the page is served (default: a free port)" },
    open: { description: "opens the page in the browser" },
  },
  run: async (args, terminal) => {
    const port = portOf(args.values["port"]);
    const { options, name, close } = studioOf(args, terminal);
    // Other users of this machine can open its ports, but can't guess the path.
    const path = `/${randomBytes(12).toString("base64url")}/`;
    const handler = createStudio(options);
    const server = createServer((request, response) => {
      if (request.url?.startsWith(path)) handler(request, response);
      else response.writeHead(404).end();
    });
    try {
      await listen(server, port);
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`;
      terminal.write(`Studio shows ${name}. Open ${url}\nCtrl+C ends it.\n`);
      if (args.flags.has("open")) openInBrowser(url);
      await untilInterrupted();
    } finally {
      handler.close();
      server.closeAllConnections();
      server.close();
      close();
    }
    return exitCodes.clean;
  },
};

function portOf(text: string | undefined): number {
  const port = Number(text ?? 0);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new UsageError(`--port takes a number from 0 to 65535, but got ${text}.`);
  return port;
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (error) =>
      reject(new CommandError(`The page can't be served: ${error.message}`)),
    );
    server.listen(port, "127.0.0.1", resolve);
  });
}

function openInBrowser(url: string): void {
  const opener = { darwin: "open", win32: "explorer" }[process.platform as string] ?? "xdg-open";
  const child = spawn(opener, [url], { stdio: "ignore", detached: true });
  // The terminal shows the address as well.
  child.on("error", () => {});
  child.unref();
}
