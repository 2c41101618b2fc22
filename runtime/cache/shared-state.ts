/**
 * Returns state that all copies of zcache in one process share: both module formats, and several
 * installed versions. The number in a name is that of the shape of everything that is reachable
 * from the state: copies of another shape have a state of their own.
 */
export function sharedInProcess<T extends object>(name: string, create: () => T): T {
  const key = Symbol.for(`zcache.${name}.6`);
  const shared = globalThis as { [key: symbol]: T | undefined };
  return (shared[key] ??= create());
}
