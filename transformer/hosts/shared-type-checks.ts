import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, rmSync, statSync } from "node:fs";
import { connect, createServer, type Socket } from "node:net";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { runTypeChecks, type TypeChecked } from "./type-checks";

interface Run {
  readonly startedAt: number;
  readonly result: Promise<TypeChecked>;
}

/**
 * The type checks of a build whose files are loaded by several processes, which is how turbopack
 * runs loaders. The first of them that asks runs the checks and answers the others, because each
 * run takes a TypeScript program.
 */
export class SharedTypeChecks {
  #run: Run | null = null;
  #isOwner = false;

  /** @param address where the processes meet; null if this process runs the checks for itself */
  constructor(
    private readonly tsconfig: string,
    private readonly address: string | null,
    private readonly runChecks: typeof runTypeChecks = runTypeChecks,
  ) {}

  /**
   * Returns the findings of a run that began at this time or later. `isToShow` is true in only one
   * of the processes.
   */
  async since(time: number): Promise<TypeChecked & { readonly isToShow: boolean }> {
    for (let tries = 0; this.address !== null && !this.#isOwner && tries < 3; tries++) {
      this.#isOwner = await this.#listen(this.address);
      const answer = this.#isOwner ? null : await ask(this.address, time);
      if (answer) return { ...answer, isToShow: false };
    }
    return { ...(await this.#begunSince(time)), isToShow: true };
  }

  async #begunSince(time: number): Promise<TypeChecked> {
    // Runs are made one at a time, because two programs at once would take the memory of both.
    while (this.#run && this.#run.startedAt < time) {
      const waited = this.#run;
      await waited.result;
      if (this.#run === waited) this.#run = null;
    }
    this.#run ??= { startedAt: Date.now(), result: this.runChecks(this.tsconfig) };
    return this.#run.result;
  }

  /** Resolves to false if another process listens there already. */
  #listen(address: string): Promise<boolean> {
    return new Promise((resolve) => {
      const server = createServer((socket) => this.#answer(socket));
      server.once("error", () => resolve(false));
      server.listen(address, () => resolve(true));
      server.unref();
    });
  }

  #answer(socket: Socket): void {
    // A process that went away without waiting needs no answer.
    socket.on("error", () => {});
    socket.once("data", (time) => {
      void this.#begunSince(Number(time)).then((checked) => socket.end(JSON.stringify(checked)));
    });
  }
}

/** Resolves to null if no process answers there any more. */
function ask(address: string, time: number): Promise<TypeChecked | null> {
  return new Promise((resolve) => {
    let text = "";
    const socket = connect(address, () => socket.write(String(time)));
    socket.setEncoding("utf8").on("data", (part: string) => (text += part));
    socket.once("error", (error: NodeJS.ErrnoException) => {
      // The socket was left by a process that was killed.
      if (error.code === "ECONNREFUSED") rmSync(address, { force: true });
    });
    socket.once("close", () => {
      try {
        resolve(JSON.parse(text) as TypeChecked);
      } catch {
        resolve(null);
      }
    });
  });
}

/**
 * Returns the address at which the processes that one process has started meet, or null if other
 * users could use it too.
 */
export function addressOf(tsconfig: string, parent: number): string | null {
  const name = createHash("sha256").update(`${parent}\0${tsconfig}`).digest("hex").slice(0, 20);
  if (process.platform === "win32") return `\\\\.\\pipe\\zcache-${name}`;
  const { uid } = userInfo();
  const folder = join(tmpdir(), `zcache-${uid}`);
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const { uid: owner, mode } = statSync(folder);
    if (owner !== uid || (mode & 0o077) !== 0) return null;
    removeOld(folder);
    return join(folder, name);
  } catch {
    return null;
  }
}

/** A process that is killed leaves its socket behind. */
function removeOld(folder: string): void {
  const yesterday = Date.now() - 24 * 3_600_000;
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    if ((statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Infinity) < yesterday)
      rmSync(path, { force: true });
  }
}
