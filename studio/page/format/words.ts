import { type KeyDetail, type MissReason } from "../../api";

interface Words {
  /** Describes it in a few words, for tables. */
  readonly label: string;
  readonly sentence: string;
}

const reasons: Readonly<Record<MissReason, Words>> = {
  absent: {
    label: "not there",
    sentence:
      "Nothing was stored: never loaded, expired and gone, invalidated by its key, or evicted.",
  },
  tag: { label: "a tag ended", sentence: "A tag of it was invalidated." },
  expired: { label: "expired", sentence: "It was stored, but older than its ttl." },
  leased: {
    label: "lease held by another",
    sentence: "Another caller was loading it at that moment.",
  },
  held: { label: "held by a transaction", sentence: "A transaction was writing it." },
  unreadable: {
    label: "unreadable",
    sentence: "Its bytes could not be read: another codec, another version, or damaged.",
  },
  unreachable: { label: "store unreachable", sentence: "The store could not be asked." },
};

/**
 * Says why a call was a miss. A process of another version may report a reason that this page
 * doesn't know.
 */
export function wordsOfReason(reason: MissReason): Words {
  return own(reasons, reason) ?? { label: reason, sentence: "" };
}

const states: Readonly<Record<KeyDetail["state"], string>> = {
  fresh: "Fresh.",
  stale: "Stale.",
  invalidated: "Invalidated.",
  loading: "Being loaded.",
  held: "Held by a transaction.",
  absent: "Not there.",
  unreadable: "Unreadable.",
  unknown: "Unknown.",
};

export function wordOfState(state: KeyDetail["state"]): string {
  return own(states, state) ?? state;
}

/**
 * Returns an object's own property. A name from outside can be `__proto__`. A plain look-up of that
 * name finds an object that all objects share, and a library that takes it for one of its own would
 * write into it.
 */
function own<T>(record: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}
