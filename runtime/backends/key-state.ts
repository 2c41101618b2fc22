/**
 * Defines what the operations of a backend do to one key, as pure functions from the stored state
 * to the next one. A backend carries each of them out atomically, and does nothing else with the
 * bytes. `MemoryBackend` is made of them, and a user's own backend can be as well
 * (docs/backends.md). The Lua scripts in redis/ do the same.
 */
import type { AcquireRequest, AcquireResult, HoldRequest, RenewRequest } from "./backend";
import {
  createHeader,
  endText,
  hasPayload,
  leaseEndDigits,
  leaseEndOffset,
  leaseTokenOffset,
  parseStored,
  withEnd,
  withLease,
  withoutEnd,
} from "../entry/entry";
import { createHold, type Holder, holdersIn, isFlaggedHold } from "../entry/hold";
import { randomId } from "../entry/id";

/**
 * What is stored at a key. It is gone at `expiresAt` exactly, in milliseconds by the store's clock.
 */
export interface KeyState {
  readonly bytes: Buffer;
  readonly expiresAt: number;
}

export interface Acquired {
  readonly result: AcquireResult;
  /** What is stored at the key from now on, or null if the key stays as it is. */
  readonly next: KeyState | null;
}

const busy: Acquired = { result: { status: "busy" }, next: null };
const held: Acquired = { result: { status: "held" }, next: null };

/**
 * @param state null if the key holds nothing, or something that has expired
 * @param now by the store's clock
 */
export function acquireKey(
  current: KeyState | null,
  { token, leaseMs, seenId, force }: Omit<AcquireRequest, "key">,
  now: number,
): Acquired {
  if (isHeld(current, now)) return held;
  // What holds have left behind after they ran out counts as nothing.
  const state = current && !isFlaggedHold(current.bytes) ? current : null;
  const stored = state ? parseStored(state.bytes) : "unreadable";
  const readable = stored !== "unreadable";
  const id = readable ? stored.id : null;

  if (state && !force) {
    if (id && isLive(state.bytes, token, now)) return busy;
    const leaseOnly = readable && stored.payload === null;
    if (!leaseOnly && !(id && seenId === id))
      return { result: { status: "changed", bytes: state.bytes }, next: null };
  }

  const next = ((): KeyState => {
    if (!state || !readable)
      return lease(
        null,
        Buffer.from(createHeader(randomId(), 0, []), "latin1"),
        token,
        now,
        leaseMs,
      );
    if (id) return lease(state, state.bytes, token, now, leaseMs);
    // A plain entry has no room for a lease, so it gets a header. It stays readable.
    const framed = Buffer.concat([
      Buffer.from(createHeader(randomId(), hasPayload, []), "latin1"),
      state.bytes,
    ]);
    return lease(state, framed, token, now, leaseMs);
  })();
  return { result: { status: "acquired" }, next };
}

/** Returns null if the lease does not belong to this token. */
export function renewKey(
  state: KeyState | null,
  { token, leaseMs }: Omit<RenewRequest, "key">,
  now: number,
): KeyState | null {
  return state && holdsLease(state, token) ? lease(state, state.bytes, token, now, leaseMs) : null;
}

/**
 * Returns null if the lease does not belong to this token, so that nothing changes, and "nothing"
 * if the key is to be deleted.
 */
export function releaseKey(state: KeyState | null, token: string): KeyState | "nothing" | null {
  if (!state || !holdsLease(state, token)) return null;
  if (isLeaseOnly(state.bytes)) return "nothing";
  const { bytes, until } = withoutEnd(state.bytes) ?? {
    bytes: state.bytes,
    until: state.expiresAt,
  };
  return { bytes: withLease(bytes), expiresAt: until };
}

/**
 * Whether `write` with this token may store there. The lease's end doesn't matter as long as nobody
 * else has taken the lease.
 */
export function holdsLease({ bytes }: KeyState, token: string): boolean {
  return hasHeader(bytes) && tokenOf(bytes) === token;
}

/**
 * Whether a transaction writes what belongs to the key. Nothing can be stored or deleted there
 * then, and the key has no version.
 */
export function isHeld(state: KeyState | null, now: number): boolean {
  return holdersOf(state, now).length > 0;
}

/**
 * Adds a hold, or makes the one with the same token last `leaseMs` from now. What was stored at the
 * key is gone.
 */
export function holdKey(
  state: KeyState | null,
  { token, leaseMs }: Omit<HoldRequest, "key">,
  now: number,
): { readonly isRenewed: boolean; readonly next: KeyState } {
  const others = holdersOf(state, now).filter(isOther(token));
  return {
    isRenewed: isHeldBy(state, token),
    next: stateOf([...others, { token, end: now + leaseMs }]),
  };
}

/**
 * Ends a token's hold. Returns "nothing" if the key is to be deleted, because no other hold is
 * left, and null if the key stays as it is.
 */
export function endHold(
  state: KeyState | null,
  token: string,
  now: number,
): { readonly isEnded: boolean; readonly next: KeyState | "nothing" | null } {
  const isEnded = isHeldBy(state, token);
  const others = holdersOf(state, now).filter(isOther(token));
  if (others.length === 0) return { isEnded, next: "nothing" };
  return { isEnded, next: isEnded ? stateOf(others) : null };
}

/** Returns the holders without those whose hold has run out. */
function holdersOf(state: KeyState | null, now: number): readonly Holder[] {
  const holders = state && holdersIn(state.bytes);
  return holders ? holders.filter(({ end }) => end > now) : noHolders;
}

/** The end of a hold doesn't matter as long as what it left at the key is still there. */
function isHeldBy(state: KeyState | null, token: string): boolean {
  return (state && holdersIn(state.bytes))?.some((holder) => holder.token === token) ?? false;
}

function stateOf(holders: readonly Holder[]): KeyState {
  return { bytes: createHold(holders), expiresAt: Math.max(...holders.map(({ end }) => end)) };
}

const noHolders: readonly Holder[] = [];

function isOther(token: string): (holder: Holder) => boolean {
  return (holder) => holder.token !== token;
}

/** Puts a lease into a copy of the bytes, which then last at least as long as the lease. */
function lease(
  state: KeyState | null,
  bytes: Buffer,
  token: string,
  now: number,
  leaseMs: number,
): KeyState {
  const end = now + leaseMs;
  const ended = state && state.expiresAt < end ? withEnd(bytes, state.expiresAt) : null;
  return {
    bytes: withLease(ended ?? bytes, { token, end: endText(end) }),
    expiresAt: Math.max(state?.expiresAt ?? end, end),
  };
}

function hasHeader(bytes: Buffer): boolean {
  const stored = parseStored(bytes);
  return stored !== "unreadable" && stored.id !== null;
}

function isLeaseOnly(bytes: Buffer): boolean {
  const stored = parseStored(bytes);
  return stored !== "unreadable" && stored.payload === null;
}

function tokenOf(bytes: Buffer): string {
  return bytes.toString("latin1", leaseTokenOffset, leaseEndOffset);
}

const noToken = "\0".repeat(leaseEndOffset - leaseTokenOffset);

/**
 * Whether another token has a lease that hasn't ended. A lease ends at its last millisecond
 * exactly.
 */
function isLive(bytes: Buffer, token: string, now: number): boolean {
  const standing = tokenOf(bytes);
  if (standing === noToken || standing === token) return false;
  return Number(bytes.toString("latin1", leaseEndOffset, leaseEndOffset + leaseEndDigits)) > now;
}
