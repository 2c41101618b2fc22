import { type Plan, type PlanSource } from "../plan";
import { planOf } from "../loads/bound-plan";
import { type Loader } from "../user-code/loader";

/**
 * In emitted code the loader of a declaration, or of a private method, has a name of its own, such
 * as `load_loader`. Stack traces and `toString` show the name that the function has in the source.
 */

/**
 * Gives a declaration's loader the function's name, which stack traces show. This is done by its
 * first call, because it takes memory.
 */
export function nameLoader(
  bound: { readonly plan: Plan; isNamed?: boolean },
  loader: Loader,
): void {
  const { plan } = bound;
  const name = nameOf(plan);
  if (loader.name.startsWith(`${name}_loader`)) {
    Object.defineProperty(loader, "name", { value: name, configurable: true });
    if (plan.attached === undefined) plansInBlocks.add(plan);
  }
  bound.isNamed = !plansInBlocks.has(plan);
}

/**
 * Plans of declarations in blocks. These have a new loader each time that the block runs, so every
 * call asks for its name.
 */
const plansInBlocks = new WeakSet<Plan>();

/** Returns the loader's text under the name that it has in the source. */
export function textOfLoader(source: PlanSource, loader: Loader): string {
  const name = nameOf(planOf(source));
  return textOf(loader).replace(head, (whole, words: string, written: string) => {
    if (written !== name) return whole;
    // An anonymous default export has this name without having it written.
    return name === "default" ? words : words + name;
  });
}

export function textOf(target: Function): string {
  return Function.prototype.toString.call(target);
}

/** What comes before the parameters: `async function load_loader`, `async #load_loader_1`. */
const head = /^((?:async\s+)?(?:function\s+)?)(#?[\p{ID_Continue}$]+?)_loader(?:_\d+)?(?=\s*\()/u;

function nameOf({ name }: Plan): string {
  return name.slice(name.lastIndexOf(".") + 1);
}
