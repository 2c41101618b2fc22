import { inspect } from "node:util";
import { builtInCodecs, type CodecName } from "../../runtime/codecs/built-in-codecs";
import { isStructured } from "../../runtime/codecs/structured-codec";

/** A payload in a readable form. */
export interface ReadPayload {
  /** `json`, or a guess that says so: `structured (guessed)`. */
  readonly codec: string;
  readonly text: string;
}

const maxShownBytes = 512;

/** @param codec the directive's, or null if it is not known */
export function readPayload(payload: Buffer, codec: string | null): ReadPayload {
  if (payload.length === 0) return { codec: codec ?? "any", text: "undefined" };
  if (codec !== null)
    return {
      codec,
      text: decode(payload, codec) ?? `(not readable by this codec)\n${showBytes(payload)}`,
    };
  // JSON is also YAML, and is more often meant to be JSON.
  const guesses: readonly CodecName[] = isStructured(payload) ? ["structured"] : ["json", "yaml"];
  for (const guess of guesses) {
    const text = decode(payload, guess);
    if (text !== null) return { codec: `${guess} (guessed)`, text };
  }
  return { codec: "unknown", text: showBytes(payload) };
}

/** Returns null if the bytes are not of this codec, or if zcache can't run it. */
function decode(payload: Buffer, codec: string): string | null {
  if (!Object.hasOwn(builtInCodecs, codec)) return showBytes(payload);
  try {
    const value = builtInCodecs[codec as CodecName].decode(payload);
    const isWhole = canBeShownWhole(value);
    if (codec === "structured") return inspect(value, isWhole ? whole : inPart);
    // Almost any text is YAML, so only a mapping or a list that is not JSON counts.
    if (codec === "yaml" && (typeof value !== "object" || value === null)) return null;
    return codec === "json" && isWhole
      ? JSON.stringify(value, null, 2)
      : payload.toString().trimEnd();
  } catch {
    return null;
  }
}

const whole = { depth: null, maxArrayLength: null, maxStringLength: null };
const inPart = { depth: 4, maxArrayLength: 20, maxStringLength: 1_000 };

const mostShown = 100_000;
const deepestShown = 100;

/**
 * Whether the value is small enough to print, which means less than some thousand screens. A value
 * may contain the same list many times, and that list another one: a few hundred bytes can
 * represent more text than fits into memory.
 */
function canBeShownWhole(value: unknown): boolean {
  let shown = 0;
  const path = new Set<object>();
  const fits = (inner: unknown): boolean => {
    if (++shown > mostShown) return false;
    if (typeof inner !== "object" || inner === null || path.has(inner)) return true;
    if (path.size >= deepestShown) return false;
    path.add(inner);
    const areFitting = partsOf(inner).every(fits);
    path.delete(inner);
    return areFitting;
  };
  return fits(value);
}

function partsOf(value: object): readonly unknown[] {
  if (ArrayBuffer.isView(value)) return [];
  if (value instanceof Map) return [...value].flat();
  return value instanceof Set ? [...value] : Object.values(value);
}

function showBytes(payload: Buffer): string {
  const shown = payload.subarray(0, maxShownBytes);
  const rows: string[] = [];
  for (let at = 0; at < shown.length; at += 16) {
    const row = shown.subarray(at, at + 16);
    const hex = row.toString("hex").replaceAll(/(..)(?=.)/g, "$1 ");
    rows.push(
      `${at.toString(16).padStart(4, "0")}  ${hex.padEnd(47)}  ${row.toString("latin1").replaceAll(/[^\x20-\x7e]/g, ".")}`,
    );
  }
  const further = payload.length - shown.length;
  return [...rows, ...(further > 0 ? [`and ${further} more bytes`] : [])].join("\n");
}
