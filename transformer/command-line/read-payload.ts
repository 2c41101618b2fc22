import { inspect } from "node:util";
import { builtInCodecs, type CodecName } from "../../runtime/codec";

/** A payload as people read it. */
export interface ReadPayload {
  /** `json`, or how it was found out: `structured (guessed)`. */
  readonly codec: string;
  readonly text: string;
}

const maxShownBytes = 512;

/** @param codec the directive's; null where it is not known */
export function readPayload(payload: Buffer, codec: string | null): ReadPayload {
  if (payload.length === 0) return { codec: codec ?? "any", text: "undefined" };
  if (codec !== null)
    return { codec, text: decode(payload, codec) ?? `(not readable by this codec)\n${showBytes(payload)}` };
  // Its two forms begin so. What is JSON is YAML as well, and is JSON more often.
  const isStructured = payload[0] === 0xff || payload[0] === 1;
  const guesses: readonly CodecName[] = isStructured ? ["structured"] : ["json", "yaml"];
  for (const guess of guesses) {
    const text = decode(payload, guess);
    if (text !== null) return { codec: `${guess} (guessed)`, text };
  }
  return { codec: "unknown", text: showBytes(payload) };
}

/** Null: these are no bytes of this codec, or zcache can't run it. */
function decode(payload: Buffer, codec: string): string | null {
  if (!Object.hasOwn(builtInCodecs, codec)) return showBytes(payload);
  try {
    const value = builtInCodecs[codec as CodecName].decode(payload);
    if (codec === "structured")
      return inspect(value, { depth: null, maxArrayLength: null, maxStringLength: null, sorted: false });
    // Text that is no JSON and no mapping or list is YAML only by being anything.
    if (codec === "yaml" && (typeof value !== "object" || value === null)) return null;
    return codec === "json" ? JSON.stringify(value, null, 2) : payload.toString().trimEnd();
  } catch {
    return null;
  }
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
