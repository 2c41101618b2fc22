import { fork } from "node:child_process";
import { once } from "node:events";
import { compare } from "./rounds.mjs";

/**
 * Measures a row in processes of its own, so that it doesn't depend on how V8 compiled the code for
 * earlier rows, or on what they left in its heap.
 * There are several processes, because the same code is optimised differently from process to
 * process, and the rounds of one process don't show that.
 */
export async function measureRow({ name }, { ports }, { rounds, processes, ...options }) {
  const measured = [];
  for (let i = 0; i < processes; i++) {
    const own = { ...options, rounds: Math.ceil(rounds / processes) };
    measured.push(await measureInProcess(name, ports, own));
  }
  const summary = compare(measured.map(({ turns }) => turns));
  for (const [contender, details] of Object.entries(measured[0].details))
    Object.assign(summary[contender], details);
  return summary;
}

async function measureInProcess(name, ports, options) {
  const child = fork(new URL("row-child.mjs", import.meta.url), [
    JSON.stringify({ name, ports, options }),
  ]);
  const ended = once(child, "exit");
  const told = once(child, "message");
  const [first] = await Promise.race([told, ended.then(() => [])]);
  const [code] = await ended;
  if (!first)
    throw new Error(`The process of the row "${name}" ended with ${code}, and has told nothing.`);
  return first;
}
