/**
 * The interfaces of the standard library to which zcache adds its operations: see
 * runtime/operations.ts.
 */
export function isFunctionInterface(name: string): boolean {
  return name === "CallableFunction" || name === "Function";
}
