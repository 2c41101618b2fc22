// expect: unshareable-result@5:4
import { createServer, type Server } from "node:http";

// Meant as a singleton: a cache is no place for one.
// @zcache ttl: 1h
export async function start(port: number): Promise<Server> {
  return createServer().listen(port);
}
