/**
 * A program whose dependencies throw where nobody expects it, each in its turn. For each case it
 * prints a line of JSON with what its calls returned and what reached the process.
 * own-ticks.test.ts runs it, with the port of a Redis and the name of a part.
 */
import { backends } from "./backends";
import { clients } from "./clients";
import { clocks } from "./clocks";
import { users } from "./users";

const part = process.argv[3];

const parts = { backends, clients, clocks, users };

async function main(): Promise<void> {
  // A call that waits for something that never comes must not end the program.
  setInterval(() => {}, 1_000);
  await parts[part as keyof typeof parts]();
  process.exit(0);
}

void main();
