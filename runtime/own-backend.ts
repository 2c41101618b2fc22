/** `zcache/backend`: what a backend of one's own is made of. docs/backends.md has a whole one. */
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
