// expect: incomplete-key@9:4
import { EventEmitter } from "node:events";
const events = new EventEmitter();
let region = "eu";
events.on("region", (next: string) => {
  region = next;
});

// @zcache
export async function price(id: number): Promise<string> {
  return `${region}:${id}`;
}
