import { isDeepStrictEqual } from "node:util";
import { builtInCodecs, decodeTogether } from "../../runtime/codecs/built-in-codecs";
import { Entry, hasLease, parseStored, withEnd, withoutEnd } from "../../runtime/entry/entry";
import { CommandError } from "../../transformer/command-line/command";
import { describeKey } from "../../transformer/command-line/get";
import { parseLockText } from "../../transformer/command-line/lock-file";
import { type Client } from "../../transformer/command-line/open-redis";
import { printableLines } from "../../transformer/command-line/printable";
import { diffLock } from "../../transformer/lock/lock-diff";
import { type Random } from "../chaos/random";
import { bytesOf, storedOf } from "./bytes";
import { sampleOf, sourceLock } from "./samples";
import { strangerIn } from "./values";

/** The outcome for some bytes: they were read, or they were refused, as they should be. */
export interface Ran {
  readonly outcome: "value" | "miss";
  /** This is looked for afterwards, because looking takes longer than the case that it judges. */
  readonly problem?: () => string | null;
}

/** A subject is bytes and the code that reads them. Anything that `run` throws is a failure. */
export interface Case {
  readonly bytes: Buffer;
  run(): Ran | Promise<Ran>;
}

export interface Subject {
  readonly name: string;
  /** The share of the turns that this subject has among all subjects. */
  readonly weight: number;
  /** Returns the work to measure. Setting up is not measured. */
  prepare(random: Random): Case | Promise<Case>;
}

const forms = ["json", "yaml", "structured"] as const;
const miss: Ran = { outcome: "miss" };

/** These subjects need no cache. */
export const pureSubjects: readonly Subject[] = [
  ...forms.map((form): Subject => ({
    name: `decode, ${form}`,
    weight: 20,
    prepare(random) {
      const bytes = bytesOf(random.chance(0.95) ? form : random.pick(forms), random);
      return { bytes, run: () => decode(form, bytes) };
    },
  })),
  {
    name: "decode, together",
    weight: 6,
    prepare(random) {
      const damage = random.pick([0, 0.2, 0.5]);
      const payloads = Array.from({ length: 2 + random.below(4) }, () =>
        random.chance(damage) ? bytesOf("json", random) : sampleOf("json", random),
      );
      return { bytes: Buffer.concat(payloads), run: () => together(payloads) };
    },
  },
  {
    name: "header",
    weight: 10,
    prepare(random) {
      const bytes = storedOf(random.pick([...forms, "raw"]), random);
      return { bytes, run: () => readHeader(bytes) };
    },
  },
  {
    name: "get",
    weight: 6,
    prepare(random) {
      const bytes = storedOf(random.pick([...forms, "raw"]), random);
      const version = random.chance(0.5) ? bytesOf("raw", random) : null;
      return { bytes, run: () => get(bytes, version) };
    },
  },
  {
    name: "lock file",
    weight: 6,
    prepare(random) {
      const bytes = bytesOf("lock", random);
      return { bytes, run: () => compareLock(bytes.toString()) };
    },
  },
];

function decode(form: (typeof forms)[number], bytes: Buffer): Ran {
  let value: unknown;
  try {
    value = builtInCodecs[form].decode(bytes);
  } catch {
    return miss;
  }
  if (value === undefined && form !== "structured" && bytes.length > 0)
    return { outcome: "value", problem: () => "Only no bytes at all are undefined." };
  return { outcome: "value", problem: () => strangerIn(value, form) };
}

function together(payloads: readonly Buffer[]): Ran {
  const values = decodeTogether(builtInCodecs.json, payloads);
  if (!values) return miss;
  const isOwn = (payload: Buffer, i: number): boolean => {
    try {
      return isDeepStrictEqual(JSON.parse(payload.toString()), values[i]);
    } catch {
      return false;
    }
  };
  return {
    outcome: "value",
    problem: () => (payloads.every(isOwn) ? null : "A payload has another's value."),
  };
}

function readHeader(bytes: Buffer): Ran {
  const stored = parseStored(bytes);
  hasLease(bytes);
  if (!(stored instanceof Entry)) return miss;
  const { versions, resultTags, payload } = stored;
  stored.isCurrent(versions.map((version) => Buffer.from(version, "latin1")));
  const ended = stored.id === null ? null : withEnd(bytes, 1_700_000_000_000);
  const restored = ended && withoutEnd(ended);
  const isWhole = (): string | null =>
    restored && !restored.bytes.equals(bytes)
      ? "An end that was added was not taken away again."
      : null;
  const isSmall = payload.length + versions.length * 8 + resultTags.length * 10 <= bytes.length;
  return {
    outcome: "value",
    problem: () => (isSmall ? isWhole() : "There is more than there are bytes."),
  };
}

/** These are characters that a terminal obeys, or that make a text look like another one. */
export const unprintable = /(?![\n\t])[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\u202a-\u202e\u2066-\u2069]/u;

async function get(bytes: Buffer, version: Buffer | null): Promise<Ran> {
  const client = {
    getBuffer: async (key: string) => (key === "f|5" ? bytes : version),
    pttl: async () => 5_000,
  } as unknown as Client;
  const text = await describeKey(client, "f|5", null, null);
  const printed = printableLines(text);
  const problem = (): string | null =>
    unprintable.test(printed) ? "It prints what a terminal obeys." : null;
  return {
    outcome: /damaged|can't read|not readable|unknown/.test(text) ? "miss" : "value",
    problem,
  };
}

function compareLock(text: string): Ran {
  let changes: readonly { readonly message: string }[];
  try {
    changes = diffLock(parseLockText(text), sourceLock, new Map());
  } catch (error) {
    if (error instanceof CommandError) return miss;
    throw error;
  }
  const areTexts = changes.every(({ message }) => typeof message === "string");
  return { outcome: "value", problem: () => (areTexts ? null : "A change has no message.") };
}
