// expect: unshareable-result@4:4
import { spawn } from "node:child_process";

// @zcache ttl: 1h
export async function run(command: string) {
  return spawn(command);
}
