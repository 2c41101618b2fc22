import { sharedInProcess } from "../cache/shared-state";
import { type Invalidation } from "./invalidation";

/** A library's transaction that was begun by hand, outside of every scope, and has not ended. */
export interface OpenTransaction {
  /** Receives each invalidation that is made while the transaction is open. */
  remember(one: Invalidation): void;
}

export const openByHand = sharedInProcess("transactions by hand", () => new Set<OpenTransaction>());
