import { accessSync, constants } from "node:fs";
import { type Api, type Sync } from "./api";

/**
 * Says that the process of TypeScript 7 can't be started, has ended or can't answer. The message is
 * for the user.
 */
export class ServerFailure extends Error {
  override readonly name = "ServerFailure";

  constructor(version: string, reason: string) {
    super(`TypeScript ${version} can't be asked for types, because its server fails (${reason}).`);
  }
}

type Ask = (method: string, params?: unknown) => unknown;

/** All requests pass through it, whichever object of the API makes them. */
interface Client {
  apiRequest: Ask;
  apiRequestBinary: Ask;
  close(): void;
}

/**
 * Starts TypeScript 7. Each later request may throw a failure as well.
 * @throws ServerFailure
 */
export function startServer(api: Api, options: Sync.APIOptions): Sync.API {
  const guarded = <Value>(run: () => Value): Value => {
    try {
      return run();
    } catch (error) {
      throw new ServerFailure(api.version, (error as Error).message);
    }
  };
  const server = guarded(() => {
    const tsserverPath = api.executable();
    // Node tells of a program that it can't run by an event, which ends this process.
    accessSync(tsserverPath, constants.X_OK);
    return new api.sync.API({ ...options, tsserverPath });
  });
  const client = clientOf(server);
  for (const name of ["apiRequest", "apiRequestBinary"] as const) {
    const ask = client[name].bind(client);
    client[name] = (method, params) => guarded(() => ask(method, params));
  }
  return server;
}

/** Ends a server, which may have ended already. */
export function closeServer(server: Sync.API): void {
  try {
    server.close();
  } catch {
    clientOf(server).close();
  }
}

function clientOf(server: Sync.API): Client {
  return (server as unknown as { readonly client: Client }).client;
}
