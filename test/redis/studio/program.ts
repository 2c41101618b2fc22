/**
 * A program with one cached function on Redis. It calls the function as its parent says, with a
 * line such as `call 5`, and reports when the call is done.
 */
import { Redis } from "ioredis";
import { configure, idle, RedisBackend } from "../../../runtime";
import { wrap } from "../../../runtime/calls/cached-function";
import { keyOver } from "../../support/templates";

const [port = "", title = "", keyPrefix = "", namespace = ""] = process.argv.slice(2);
const client = new Redis({ host: "127.0.0.1", port: Number(port), keyPrefix });
client.on("error", () => {});
configure({
  backend: new RedisBackend(client),
  ...(title && { studio: { name: title } }),
  ...(namespace && { namespace }),
});
const user = wrap(
  () => ({ name: "users.user", key: keyOver((id) => [id]) }),
  (async (id: number) => ({ id })) as never,
  "user",
) as unknown as (id: number) => Promise<unknown>;

process.on("message", (message: number) => {
  // The next call finds what this one has stored.
  void user(message)
    .then(idle)
    .then(() => process.send?.("done"));
});
process.on("disconnect", () => process.exit());
process.send?.("ready");
