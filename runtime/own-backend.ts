/**
 * `zcache/backend`: the parts that a user's own backend is made of. docs/backends.md has a complete
 * backend.
 */
export type * from "./backends/backend";
export type * from "./backends/inspector";
export {
  acquireKey,
  type Acquired,
  endHold,
  holdKey,
  holdsLease,
  isHeld,
  type KeyState,
  releaseKey,
  renewKey,
} from "./backends/key-state";
export { randomId } from "./entry/id";
