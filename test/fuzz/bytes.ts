import {
  allFlags,
  createHeader,
  createStored,
  endOfKey,
  type Terms,
} from "../../runtime/entry/entry";
import { createHold } from "../../runtime/entry/hold";
import { type Random } from "../chaos/random";
import { type Form, asBytes, sampleOf } from "./samples";
import { binaryValue } from "./binary-tokens";
import { token } from "./tokens";
import { mostBytes, mutated } from "./mutations";

/**
 * Returns bytes of this form that were changed in a few places, or bytes that are made up of its
 * parts.
 */
export function bytesOf(form: Form, random: Random): Buffer {
  const isMutated = random.chance(0.6);
  return (
    isMutated ? mutated(sampleOf(form, random), form, random) : madeUp(form, random)
  ).subarray(0, mostBytes);
}

/** Returns such bytes behind a header, or with the header changed. */
export function storedOf(form: Form, random: Random): Buffer {
  if (random.chance(0.3)) return bytesOf(form, random);
  if (random.chance(0.15)) return Buffer.from(leaseHeader(random), "latin1");
  if (random.chance(0.15))
    return random.chance(0.3) ? holdBytes(random) : mutated(holdBytes(random), "raw", random);
  const stored = asBytes(createStored("12345678", random.pick(someTerms), bytesOf(form, random)));
  const result = random.chance(0.5)
    ? stored
    : mutated(stored.length > 0 ? stored : headerOnly, form, random);
  return result.subarray(0, mostBytes);
}

const headerOnly = Buffer.from(createHeader("12345678", 0, []), "latin1");

/** Returns the header of a lease. Its caller may never come, and its end may not be a time. */
function leaseHeader(random: Random): string {
  const end = random.pick([
    endOfKey,
    "1700000005000",
    "0000000000000",
    "letters here!",
    "-1e300-------",
  ]);
  const lease = { token: random.pick(["\0".repeat(8), "\xff".repeat(8), "77777777"]), end };
  const flags = random.chance(0.8) ? 0 : random.below(allFlags + 2);
  return createHeader("12345678", flags, random.chance(0.5) ? [] : ["abcdefgh"], lease);
}

/** Returns a hold of transactions that may never end. Their ends may not be times. */
function holdBytes(random: Random): Buffer {
  const end = random.pick([0, 1_700_000_000_050, Date.now() + 50, 9_999_999_999_999]);
  const count = random.pick([1, 2, 40]);
  return createHold(
    Array.from({ length: count }, (_, i) => ({ token: String(i).padStart(8, "x"), end })),
  );
}

const someTerms: readonly Terms[] = [
  { versions: [], times: null, resultTags: [] },
  { versions: ["abcdefgh"], times: null, resultTags: [] },
  { versions: ["abcdefgh", "12345678"], times: null, resultTags: [] },
  { versions: [], times: { freshUntil: 1_700_000_100_000, loadMs: 5 }, resultTags: [] },
  { versions: [], times: { freshUntil: 1e300, loadMs: 5 }, resultTags: [] },
  { versions: [], times: null, resultTags: [{ name: "user:5", version: "abcdefgh" }] },
  {
    versions: ["abcdefgh"],
    times: { freshUntil: 1, loadMs: 9e9 },
    resultTags: [{ name: "", version: "12345678" }],
  },
];

function madeUp(form: Form, random: Random): Buffer {
  if (form === "structured" && random.chance(0.4))
    return Buffer.from(`\x02${binaryValue(6, random)}`, "latin1");
  const count = 1 + Math.floor(random.next() ** 8 * 4_000);
  const parts: string[] = [];
  const one = random.chance(0.1) ? token(form, random) : null;
  for (let i = 0; i < count; i++)
    parts.push(one !== null && random.chance(0.95) ? one : token(form, random));
  const text = parts.join("");
  if (form === "structured")
    return Buffer.from(random.chance(0.3) ? `\x01${text}` : `\x02${text}`, "latin1");
  return Buffer.from(text, form === "raw" ? "latin1" : "utf8");
}
