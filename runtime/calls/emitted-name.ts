import { type Plan } from "../plan";
import { type Handle } from "./handle";
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
  if (loader.name.includes(mark)) {
    const value = nameInSource(loader.name);
    // A compiler that turns a private method into a function puts its class's name before its own.
    if (value.endsWith(nameOf(plan).replace("#", ""))) {
      Object.defineProperty(loader, "name", { value, configurable: true });
      if (plan.attached === undefined) plansInBlocks.add(plan);
    }
  }
  bound.isNamed = !plansInBlocks.has(plan);
}

/**
 * Plans of declarations in blocks. These have a new loader each time that the block runs, so every
 * call asks for its name.
 */
const plansInBlocks = new WeakSet<Plan>();

/** Returns the name that a loader has in the source, for its name in emitted code. */
export function nameInSource(emitted: string): string {
  return emitted.replace(ending, "");
}

/** Returns the loader's text under the name that it has in the source. */
export function textOfLoader({ loader, isRenamed }: Handle): string {
  const text = textOf(loader);
  if (!isRenamed) return text;
  return text.replace(head, (_, words: string, written: string) => {
    const name = nameInSource(written);
    // An anonymous default export has this name without having it written.
    return name === "default" ? words : words + name;
  });
}

export function textOf(target: Function): string {
  return Function.prototype.toString.call(target);
}

const mark = "_loader";

/** A number makes the name a free one: that of the transformer is `_1`, a bundler's `2` or `$1`. */
const ending = /_loader[_$]?\d*$/;

/** What comes before the parameters: `async function load_loader`, `async #load_loader_1`. */
const head = ((): RegExp => {
  const gap = String.raw`(?:\s|/\*[^]*?\*/|//.*)*`;
  const name = String.raw`#?(?:[\p{ID_Continue}$]|\\u[\da-fA-F]{4}|\\u\{[\da-fA-F]+\})+`;
  return new RegExp(`^((?:async\\b${gap})?(?:function\\b${gap})?)(${name})(?=${gap}\\()`, "u");
})();

function nameOf({ name }: Plan): string {
  return name.slice(name.lastIndexOf(".") + 1);
}
