import { type BoundPlan } from "../loads/bound-plan";
import { wantedOf } from "../loads/lookup";
import { applyLoader, type Loader } from "../user-code/loader";
import { type Call, type Verifier, verifierOf } from "../verify/verifier";
import { idArgumentsOf, runnerOf as batchRunnerOf } from "./batch";
import { runnerOf } from "./read-through";

/**
 * Has the call verified if it is drawn at random and turns out to be a hit. Returns the loader to
 * answer the call with, which records who has loaded what.
 */
export function verified(
  bound: BoundPlan,
  loader: Loader,
  self: unknown,
  args: ArrayLike<unknown>,
): Loader {
  const verifier = verifierOf(bound.cache);
  try {
    for (const own of callsIn(bound, args))
      if (verifier.isDrawn(bound.verify)) verifier.offer(callOf(bound, loader, self, own));
  } catch {
    // A mistake in the arguments is reported by the call itself.
  }
  return watched(verifier, bound, loader);
}

/** Returns the arguments as templates see them: in a batch, for each id. */
function callsIn(bound: BoundPlan, args: ArrayLike<unknown>): readonly ArrayLike<unknown>[] {
  return bound.plan.batch ? idArgumentsOf(bound.plan, args) : [args];
}

function callOf(bound: BoundPlan, loader: Loader, self: unknown, args: ArrayLike<unknown>): Call {
  const runner = bound.plan.batch
    ? batchRunnerOf(bound, loader, self, { further: Array.from(args).slice(1) })
    : runnerOf(bound, loader, self);
  return { bound, self, runner, wanted: wantedOf(bound, self, args) };
}

function watched(verifier: Verifier, bound: BoundPlan, loader: Loader): Loader {
  return function (...args) {
    const calls = (): readonly Call[] =>
      callsIn(bound, args).map((own) => callOf(bound, loader, this, own));
    return verifier.load(bound.plan.name, calls, () => applyLoader(loader, this, args));
  };
}
