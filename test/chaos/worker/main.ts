/**
 * A client process. It calls cached functions, changes what they are made of, and records what it
 * saw.
 */
import { configure, idle } from "../../../runtime/index";
import { systemClock } from "../../../runtime/clock";
import { monotonicMs } from "../monotonic";
import type { ToWorker, WorkerConfig } from "../protocol";
import { Random } from "../random";
import { caller, findStranger } from "./caller";
import { type Connected, connect } from "./connect";
import { answered, ask, tell } from "./coordinator";
import { keepCalling, pause } from "./load";
import { Recorder } from "./recorder";
import { plain, source } from "./shop";

const flushMs = 100;

interface Running {
  readonly connected: Connected;
  readonly recorder: Recorder;
  readonly callers: Promise<unknown>;
  readonly flushing: NodeJS.Timeout;
}

let running: Running | null = null;
let stopping = false;

process.on("message", (message: ToWorker) => {
  if (message.type === "answer") answered(message.id, message.versions);
  else if (message.type === "start") void start(message.config);
  else if (message.type === "herd") void stampede(message.cell, message.callers, message.at);
  else void stop();
});
process.on("disconnect", () => {
  if (!stopping) process.exit(1);
});
process.on("warning", (warning) => tell({ type: "trouble", text: `warning: ${warning.stack}` }));
process.on("unhandledRejection", (reason) =>
  tell({
    type: "trouble",
    text: `unhandled rejection: ${reason instanceof Error ? reason.stack : String(reason)}`,
  }),
);

async function start(config: WorkerConfig): Promise<void> {
  const random = new Random(config.seed);
  const recorder = new Recorder(config.probeKeys);
  const connected = await connect(config);
  const padding = "x".repeat(config.paddingBytes);
  const loaderTimes = random.fork();
  source.load = async (surface, cells) => {
    const before = findStranger(surface, cells);
    const versions = await ask({ type: "load", surface, cells });
    await pause(loaderTimes.between(config.loaderMs));
    // The context is still that of its caller after its own awaits.
    const stranger = before ?? findStranger(surface, cells);
    if (stranger !== null) recorder.stranger(stranger);
    return { versions, cells, askedFor: caller.getStore()?.cells ?? [], padding };
  };
  configure({
    backend: connected.backend,
    deadline: `${config.deadlineMs}ms`,
    lease: `${config.leaseMs}ms`,
    breakerTime: `${config.breakerMs}ms`,
    clock: { ...systemClock, now: () => Date.now() + config.clockOffsetMs },
    onEvent: (event) => recorder.hear(event),
  });
  const callers = Array.from({ length: config.callers }, () =>
    keepCalling(config, connected, recorder, random.fork(), () => stopping),
  );
  const flushing = setInterval(() => tell({ type: "flush", report: recorder.take() }), flushMs);
  running = { connected, recorder, callers: Promise.all(callers), flushing };
  tell({ type: "ready" });
}

async function stampede(cell: number, callers: number, at: number): Promise<void> {
  await pause(at - monotonicMs());
  const beganAt = monotonicMs();
  let worstMs = 0;
  const values = await Promise.all(
    Array.from({ length: callers }, async () => {
      const value = await caller.run({ surface: "plain", cells: [cell] }, () => plain(cell));
      worstMs = Math.max(worstMs, monotonicMs() - beganAt);
      return value;
    }),
  );
  tell({
    type: "herd",
    versions: [...new Set(values.flatMap(({ versions }) => versions))],
    worstMs,
  });
}

/** The process then has to end by itself. */
async function stop(): Promise<void> {
  stopping = true;
  if (running) {
    const { connected, recorder, callers, flushing } = running;
    await callers;
    await idle();
    clearInterval(flushing);
    recorder.stop();
    tell({ type: "flush", report: recorder.take() });
    connected.close();
  }
  tell({ type: "stopped" });
  process.disconnect();
}
