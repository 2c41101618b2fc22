// expect: unshareable-result@4:4
import { connect, type Socket } from "node:net";

// @zcache ttl: 1h
export async function connection(host: string): Promise<{ host: string; socket: Socket }> {
  return { host, socket: connect(80, host) };
}
