import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as delay } from "node:timers/promises";
import { bookshop } from "./demo.prepare.mjs";

const running = new Set();
// This runs however the process ends. If it is killed outright, the services see their IPC channel
// close and end.
process.on("exit", () => running.forEach((child) => child.kill()));
for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => process.exit(1));

/** Starts the compiled bookshop on a free port, in a process of its own. */
export async function startService(env) {
  const child = spawn(process.execPath, [join(bookshop, "dist/main.js")], {
    env: { ...process.env, ...env, PORT: "0" },
    stdio: ["ignore", "pipe", "inherit", "ipc"],
  });
  running.add(child);
  const exited = once(child, "exit").then(() => running.delete(child));
  const url = await Promise.race([
    readUrl(child),
    exited.then(() => {
      throw new Error("The service ended before it listened.");
    }),
  ]);
  return createClient(url, async () => {
    child.kill();
    await exited;
  });
}

async function readUrl(child) {
  for await (const line of createInterface({ input: child.stdout })) {
    const url = /http:\S+/.exec(line)?.[0];
    if (!url) continue;
    child.stdout.resume(); // leaving the loop has paused it, and a full pipe would stop the service
    return url;
  }
  throw new Error("The service ended before it listened.");
}

function createClient(url, stop) {
  async function request(method, path, { body, headers } = {}) {
    const startedAt = performance.now();
    const response = await fetch(url + path, {
      method,
      headers,
      body: body && JSON.stringify(body),
    });
    const answer = await response.json();
    return { status: response.status, body: answer, ms: performance.now() - startedAt };
  }
  const get = (path, headers) => request("GET", path, { headers });
  const post = (path, body) => request("POST", path, { body });
  const report = async (since = 0) => (await get(`/debug/cache?since=${since}`)).body;

  /** Returns what `work` made the cache do: its events and the data files that were read. */
  async function observe(work) {
    const before = await report();
    const result = await work();
    const after = await settle(() => report(before.next));
    return { result, events: after.events, filesRead: after.filesRead - before.filesRead };
  }

  return { get, post, report, observe, stop };
}

/** Waits for writes: a value goes to its caller at once and may reach the store a moment later. */
async function settle(report) {
  for (let attempt = 0; ; attempt++) {
    const current = await report();
    if (attempt === 100 || !isStoring(current.events)) return current;
    await delay(10);
  }
}

function isStoring(events) {
  const ended = new Set(
    events.filter(({ type }) => ["store", "drop", "skip"].includes(type)).map(({ key }) => key),
  );
  return keysOf(events, "load").some((key) => !ended.has(key));
}

export function keysOf(events, type) {
  return events.filter((event) => event.type === type).map(({ key }) => key);
}
