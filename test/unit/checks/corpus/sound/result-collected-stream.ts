import { createReadStream } from "node:fs";

// @zcache ttl: 10m
export async function read(name: string): Promise<string> {
  let text = "";
  for await (const chunk of createReadStream(name)) text += String(chunk);
  return text;
}
