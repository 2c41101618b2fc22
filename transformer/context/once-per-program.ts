import type ts from "typescript";

/**
 * Returns a function that makes its result once for each program, however many files and targets
 * ask for it. The result is kept for as long as the program is.
 */
export function oncePerProgram<Context extends { readonly program: ts.Program }, Result>(
  make: (context: Context) => Result,
): (context: Context) => Result {
  const known = new WeakMap<ts.Program, { readonly result: Result }>();
  return (context) => {
    let kept = known.get(context.program);
    if (!kept) known.set(context.program, (kept = { result: make(context) }));
    return kept.result;
  };
}
