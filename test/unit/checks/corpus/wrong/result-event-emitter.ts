// expect: unshareable-result@10:4
import { EventEmitter } from "node:events";

class Feed extends EventEmitter {
  constructor(readonly topic: string) {
    super();
  }
}

// @zcache ttl: 1h
export async function subscribe(topic: string): Promise<Feed> {
  return new Feed(topic);
}
