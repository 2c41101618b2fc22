import { type Check } from "./check";

/** All checks that need types, in the order of their codes. */
export const checks: readonly Check[] = [];
