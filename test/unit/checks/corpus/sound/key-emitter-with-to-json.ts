import { EventEmitter } from "node:events";

class Message extends EventEmitter {
  constructor(readonly text: string) {
    super();
  }
  toJSON(): { text: string } {
    return { text: this.text };
  }
}

// @zcache ttl: 1m
export async function translate(message: Message, locale: string): Promise<string> {
  return message.text + locale;
}
