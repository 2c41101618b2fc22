import { Redis } from "ioredis";

const port = Number(process.argv[2]);

/** Resolves with a client that is ready, after the change. */
export function connect(change: (client: Redis) => void = () => {}): Promise<Redis> {
  const client = new Redis(port);
  return new Promise((resolve) =>
    client.once("ready", () => {
      change(client);
      resolve(client);
    }),
  );
}
