// An app shows what it is in its toJSON; it is a service for all that.
import { EventEmitter } from "node:events";

declare class App extends EventEmitter {
  readonly env: string;
  toJSON(): { env: string };
  session(id: number): Promise<string>;
}

export function createSessions(app: App) {
  // @zcache ttl: 1m
  async function find(id: number): Promise<string> {
    return app.session(id);
  }
  return { find };
}
