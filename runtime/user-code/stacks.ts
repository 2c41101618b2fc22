/**
 * Repairs the stack traces of errors that a loader throws. A load is begun by one caller and
 * awaited by many, so V8 sees no caller behind its errors. The frames of zcache at the end of such
 * a trace are replaced by those of the caller that began the load, as if it had called the loader
 * itself. Only a failure pays for it.
 */

/**
 * The beginning of an internal function's name in stack traces, including in a bundle and after a
 * minifier.
 */
const mark = "zcache.";

/** Gives functions names that identify their frames. */
export function markFrames(...internal: readonly Function[]): void {
  for (const one of internal) markFrame(one, one.name);
}

/**
 * Marks the functions that cached functions call: in a stack trace, the frame after one of them is
 * that of the cached function.
 */
export function markEntries(...entries: readonly Function[]): void {
  for (const one of entries) markFrame(one, entry);
}

function markFrame(target: Function, name: string): void {
  Object.defineProperty(target, "name", { value: mark + name, configurable: true });
}

const entry = "call";

function isEntry(line: string): boolean {
  return /^\s+at (?:[\w$]+\.)?zcache\.call\b/.test(line);
}

/** The frame of the function that awaits a loader. */
function isLoaderRun(line: string): boolean {
  return /^\s+at async zcache\.runLoader\b/.test(line);
}

function isFrame(line: string): boolean {
  return /^\s+at /.test(line);
}

function isInternal(line: string): boolean {
  return /^\s+at (?:async )?(?:[\w$]+\.)?zcache\.[\w$]/.test(line);
}

/**
 * Gives the error the frames of the async function that is running, and returns it. An error
 * without zcache's frames is left alone.
 */
export function addCallers(error: unknown): unknown {
  try {
    extendStack(error as Error);
  } catch {
    // The error is frozen, or its stack was made in another way. The error itself matters more.
  }
  return error;
}

function extendStack(error: Error): void {
  const { stack } = error;
  if (typeof stack !== "string") return;
  const lines = stack.split("\n");
  const end = lines.findIndex(isInternal);
  if (end < 0) return;
  const own = lines.slice(0, end);
  const callers = callersOf(lines, end);
  const room = Error.stackTraceLimit - own.filter(isFrame).length;
  error.stack = [...own, ...callers.slice(0, Math.max(0, room))].join("\n");
}

/**
 * Returns the frames that come after the error's own, which end at `end`. Those on the stack when
 * the error was made may lack some, because zcache's frames have taken their room.
 */
function callersOf(lines: readonly string[], end: number): readonly string[] {
  const onStack = syncCallers(lines.slice(end)) ?? [];
  const current = currentCallers();
  return onStack.length > current.length ? onStack : current;
}

/**
 * Returns the callers on the stack if nothing is cached and a loader fails at once: they are after
 * zcache's frames and that of the cached function.
 */
function syncCallers(lines: readonly string[]): readonly string[] | null {
  const end = lines.findIndex((line) => !isInternal(line));
  const last = lines[end - 1];
  return last !== undefined && isEntry(last) ? lines.slice(end + 1) : null;
}

/**
 * Returns the frames outside zcache. They end where a loader was called, whose caller adds the
 * rest. A loader that returns a promise without awaiting it has no frame of its own.
 */
function currentCallers(): readonly string[] {
  const limit = Error.stackTraceLimit;
  const trace: { stack?: unknown } = {};
  // zcache's frames come first, and must not use up the room of the others.
  Reflect.set(Error, "stackTraceLimit", limit + ownFrames);
  Error.captureStackTrace(trace, addCallers);
  Reflect.set(Error, "stackTraceLimit", limit);
  if (typeof trace.stack !== "string") return [];
  const frames = trace.stack.split("\n").filter(isFrame);
  const onStack = syncCallers(frames);
  if (onStack) return onStack;
  const first = frames.findIndex((line) => !isInternal(line) || isLoaderRun(line));
  const callers = first < 0 ? [] : frames.slice(first);
  const end = callers.findIndex(isInternal);
  return end < 0 ? callers : callers.slice(0, end + 1);
}

const ownFrames = 10;
