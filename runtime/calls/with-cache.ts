import { type ContextStorage, runAs } from "../user-code/context-storage";
import { applyLoader, type Loader } from "../user-code/loader";
import { checkOptions, hasMethods, show } from "../check-options";
import { ConfigError } from "../errors";
import { type OptionRow, optionsAt } from "../options";
import { type Plan } from "../plan";
import { type Control } from "../cache/control";
import { sharedInProcess } from "../cache/shared-state";
import { markFrames } from "../user-code/stacks";
import { expectCompiled } from "../cache/uncompiled";

/**
 * The control of the current code. It has no storage until `withCache` is used for the first time.
 */
export const controls = sharedInProcess<ContextStorage<Control>>("controls", () => ({
  storage: null,
}));

/** An option without a row in the table does not compile. */
const rows: Readonly<Record<keyof Control, OptionRow>> = optionsAt("withCache");
const modes: readonly unknown[] = [undefined, "refresh", "bypass", "only"];

/**
 * Runs `fn`, and controls every annotated function that is called beneath it, however deep,
 * also after an `await`. The innermost call decides for its own options.
 *
 * @returns what `fn` returns
 * @throws ConfigError for an option that does not exist or has an impossible value
 * @example await withCache({ mode: "refresh" }, () => page(request))
 */
export function withCache<R>(control: Control, fn: () => R): R {
  checkControl(control);
  if (typeof fn !== "function")
    throw new ConfigError(`withCache takes a function, but got: ${show(fn)}.`);
  expectCompiled();
  return runAs(controls, { ...controlOf(), ...control }, fn);
}

/** Returns the control of the current call, or null if `withCache` is not above it. */
export function controlOf(): Control | null {
  return controls.storage?.getStore() ?? null;
}

/**
 * Returns the signal that may end the wait of this caller: its argument, or that of a `withCache`
 * above it.
 */
export function signalOf(plan: Plan, args: ArrayLike<unknown>): AbortSignal | null {
  const own = plan.signal === undefined ? undefined : args[plan.signal];
  return own instanceof AbortSignal ? own : (controlOf()?.signal ?? null);
}

/**
 * Runs a loader for all callers that wait for it. Their common signal replaces that of its caller,
 * in the arguments and for what the loader calls. It awaits the loader itself, so that every stack
 * trace has this function where the user's own frames end.
 */
export async function runLoader(
  { signal: place }: Plan,
  loader: Loader,
  self: unknown,
  args: ArrayLike<unknown>,
  signal: AbortSignal | null,
): Promise<unknown> {
  let own = args;
  if (place !== undefined && args[place] instanceof AbortSignal) {
    const copy = Array.from(args);
    copy[place] = signal ?? undefined;
    own = copy;
  }
  const run = (): unknown => applyLoader(loader, self, own);
  const control = controlOf();
  return await (control?.signal
    ? controls.storage?.run({ ...control, signal: undefined }, run)
    : run());
}

markFrames(runLoader);

function checkControl(control: Control): void {
  checkOptions("withCache", rows, control);
  if (!modes.includes(control.mode)) {
    throw new ConfigError(
      `"mode" must be "refresh", "bypass" or "only", but got: ${show(control.mode)}.`,
    );
  }
  if (
    control.signal !== undefined &&
    !hasMethods(control.signal, ["addEventListener", "removeEventListener"])
  ) {
    throw new ConfigError(`"signal" must be an AbortSignal, but got: ${show(control.signal)}.`);
  }
}
