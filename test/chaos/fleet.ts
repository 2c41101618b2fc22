import { type ChildProcess, fork, spawn } from "node:child_process";
import { Database } from "./database";
import type { Read, Write } from "./history";
import type { FromWorker, Report, ToWorker, WorkerConfig } from "./protocol";

/** This is one client process as the coordinator sees it. */
interface Member {
  readonly config: WorkerConfig;
  readonly child: ChildProcess;
  readonly ready: Promise<void>;
  readonly exited: Promise<void>;
  hitTimes: number[];
  /** Whether the coordinator wanted it to end. */
  dismissed: boolean;
}

export interface Tally {
  readonly reads: Read[];
  readonly writes: Write[];
  readonly errors: string[];
  /** These loaders ran as somebody that had not asked for what they load. */
  readonly strangers: string[];
  /** Unhandled rejections, warnings, output, and processes that did not end. */
  readonly troubles: string[];
  refused: number;
  hits: number;
  faults: number;
  drops: number;
  heapBytes: number;
  stallMs: number;
}

const maxHeapMegabytes = 128;
const endsWithinMs = 5_000;

/** The client processes of a run, and the database that they ask. */
export class Fleet {
  readonly database = new Database();
  readonly tally: Tally = {
    ...{ reads: [], writes: [], errors: [], strangers: [], troubles: [] },
    ...{ refused: 0, hits: 0, faults: 0, drops: 0, heapBytes: 0, stallMs: 0 },
  };
  readonly #script: string;
  readonly #members = new Map<number, Member>();
  readonly #herds: ((message: FromWorker & { type: "herd" }) => void)[] = [];

  constructor(script: string) {
    this.#script = script;
  }

  get workers(): readonly number[] {
    return [...this.#members.keys()];
  }

  /** Starts a client process, and resolves when its calls have begun. */
  async launch(config: WorkerConfig): Promise<void> {
    const child = fork(this.#script, [], {
      execArgv: [`--max-old-space-size=${maxHeapMegabytes}`, "--enable-source-maps"],
      stdio: ["ignore", "pipe", "pipe", "ipc"],
      // Ctrl-C at the terminal is meant for the coordinator, which ends the client processes.
      detached: true,
    });
    watch(child);
    let becomeReady!: () => void;
    const exited = new Promise<void>((resolve) => child.once("exit", () => resolve()));
    const ready = new Promise<void>((resolve) => (becomeReady = resolve));
    const member: Member = { config, child, ready, exited, hitTimes: [], dismissed: false };
    this.#members.set(config.worker, member);
    child.on("message", (message: FromWorker) => {
      if (message.type === "ready") becomeReady();
      else this.#hear(member, message);
    });
    for (const stream of [child.stdout, child.stderr])
      stream?.on("data", (text) => this.#trouble(member, String(text)));
    void exited.then(
      () => member.dismissed || this.#trouble(member, "it ended before it was told to"),
    );
    send(child, { type: "start", config });
    await Promise.race([ready, exited]);
  }

  /** SIGSTOP makes it stop in the middle of what it does. */
  freeze(worker: number): void {
    this.#members.get(worker)?.child.kill("SIGSTOP");
  }

  thaw(worker: number): void {
    this.#members.get(worker)?.child.kill("SIGCONT");
  }

  /** SIGKILL ends it, and another one takes its place. Whatever it hadn't reported yet is lost. */
  async replace(worker: number, seed: number): Promise<void> {
    const member = this.#members.get(worker) as Member;
    member.dismissed = true;
    member.child.kill("SIGKILL");
    await member.exited;
    await this.launch({ ...member.config, seed });
  }

  /**
   * Returns the time of the first hit after `time`, in the process that was the last to have one.
   * It is null while one of them has had none.
   */
  firstHitOfAll(time: number): number | null {
    let last = 0;
    for (const { hitTimes } of this.#members.values()) {
      const first = hitTimes.find((hit) => hit > time);
      if (first === undefined) return null;
      last = Math.max(last, first);
    }
    return last;
  }

  /**
   * Makes all of these calls in each process at one time. Returns their results, and how long the
   * last one took.
   */
  async stampede(
    cell: number,
    callers: number,
    at: number,
  ): Promise<(FromWorker & { type: "herd" })[]> {
    const answers = [...this.#members.values()].map(({ child }) => {
      send(child, { type: "herd", cell, callers, at });
      return new Promise<FromWorker & { type: "herd" }>((resolve) => this.#herds.push(resolve));
    });
    return Promise.all(answers);
  }

  /** Ends the calls, and waits for what is under way. The processes have to end by themselves. */
  async stop(): Promise<void> {
    await Promise.all([...this.#members.values()].map((member) => this.#dismiss(member)));
  }

  /** Kills the processes, in whatever state they are. */
  kill(): void {
    for (const member of this.#members.values()) {
      member.dismissed = true;
      member.child.kill("SIGKILL");
    }
  }

  async #dismiss(member: Member): Promise<void> {
    const { child, exited } = member;
    member.dismissed = true;
    send(child, { type: "stop" });
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<true>((resolve) => (timer = setTimeout(resolve, endsWithinMs, true)));
    if (await Promise.race([exited, late])) {
      this.#trouble(member, `it did not end within ${endsWithinMs} ms`);
      child.kill("SIGKILL");
      await exited;
    }
    clearTimeout(timer);
  }

  #hear(member: Member, message: FromWorker): void {
    switch (message.type) {
      case "load":
        send(member.child, {
          type: "answer",
          id: message.id,
          versions: this.database.load(message.surface, message.cells),
        });
        break;
      case "change":
        send(member.child, {
          type: "answer",
          id: message.id,
          versions: this.database.change(message.cells),
        });
        break;
      case "flush":
        this.#add(member, message.report);
        break;
      case "herd":
        this.#herds.shift()?.(message);
        break;
      case "trouble":
        this.#trouble(member, message.text);
        break;
      default:
    }
  }

  #add(member: Member, report: Report): void {
    const { tally } = this;
    // This is not done by spreading, because there may be more of them than a call takes arguments.
    for (const read of report.reads) tally.reads.push(read);
    for (const write of report.writes) tally.writes.push(write);
    tally.errors.push(...report.errors);
    tally.strangers.push(...report.strangers);
    for (const sum of ["refused", "hits", "faults", "drops"] as const) tally[sum] += report[sum];
    for (const most of ["heapBytes", "stallMs"] as const)
      tally[most] = Math.max(tally[most], report[most]);
    for (const time of report.hitTimes) member.hitTimes.push(time);
  }

  #trouble({ config }: Member, text: string): void {
    this.tally.troubles.push(`client process ${config.worker}: ${text.trim()}`);
  }
}

function send(child: ChildProcess, message: ToWorker): void {
  // The process may be gone, on purpose or not. Its exit says which.
  if (child.connected) child.send(message, () => {});
}

/**
 * A process that stands still can't see that its coordinator is gone, but the shell's input ends
 * then.
 */
function watch(child: ChildProcess): void {
  const watchdog = spawn("sh", ["-c", 'read _; kill -9 "$1"', "sh", String(child.pid)], {
    stdio: ["pipe", "ignore", "ignore"],
    detached: true,
  });
  watchdog.unref();
  (watchdog.stdin as unknown as { unref(): void }).unref();
  child.once("exit", () => watchdog.kill("SIGKILL"));
}
