import { join } from "node:path";
import { type codecNames } from "../plan";
import { type Codec } from "./codec";
import { yamlKey } from "./yaml-key";

export type CodecName = (typeof codecNames)[number];

/**
 * Encodes as `JSON.stringify`, so other languages can read the bytes. It changes what JSON can't
 * represent, as always: a Date becomes its text, -0 becomes 0. An empty payload is `undefined`.
 */
const json: Codec = {
  encode(value) {
    if (value === undefined) return "";
    const text = JSON.stringify(value) as string | undefined;
    if (text === undefined) throw new TypeError(`JSON has no form for this ${typeof value}.`);
    return text;
  },
  decode: (payload) =>
    payload.length === 0 ? undefined : (JSON.parse(payload.toString()) as unknown),
};

/**
 * Encodes as YAML's core schema: plain data, and shared or cyclic references as anchors. Dates,
 * Maps, Sets, bigints, binary data, functions and class instances throw; as in JSON, an `undefined`
 * property is left out and an `undefined` element becomes null. An empty payload is `undefined`.
 */
const yaml: Codec = {
  encode(value) {
    if (value === undefined) return "";
    const { dump, CORE_SCHEMA } = loadYaml();
    // The default schema would write a Date with a tag that the safe schema does not read.
    return dump(value, { schema: CORE_SCHEMA });
  },
  decode(payload) {
    if (payload.length === 0) return undefined;
    const { load, CORE_SCHEMA } = loadYaml();
    // Everything that was dumped must load, so the loader can't have a limit of depth that the
    // dumper lacks.
    return load(payload.toString(), { schema: CORE_SCHEMA, maxDepth: Infinity });
  },
};

/**
 * Loads `structured-codec.ts` on first use, as it does js-yaml, because most programs need neither.
 */
const structured: Codec = {
  encode: (value) => loadStructured().encode(value),
  decode: (payload) => loadStructured().decode(payload),
};

/** The codecs that a directive or `configure` can name without adding them. */
export const builtInCodecs: Readonly<Record<CodecName, Codec>> = { json, yaml, structured };

/** Above this size, the time saved for each payload is small compared with the copying. */
const mostBytesTogether = 256 * 1024;
const [openingBracket, closingBracket] = Buffer.from("[]") as Buffer & [number, number];

/**
 * Decodes several stored payloads with one parse. It returns null if that is not faster, or if one
 * of them can't be decoded. A number between each two payloads is unknown to anyone who writes to
 * the store. Each number is found at its index in the result only if the text on both sides of it
 * was read as JSON. The text between two of them is therefore one or more whole values, and exactly
 * one if there are as many values as payloads. No payload can reach into another's place.
 */
export function decodeTogether(
  codec: Codec,
  payloads: readonly Buffer[],
): readonly unknown[] | null {
  if (codec !== json || payloads.length < 2) return null;
  const { mark, bytes: between } = separator();
  let length = 2 + between.length * (payloads.length - 1);
  for (const payload of payloads) length += payload.length;
  if (length > mostBytesTogether) return null;
  const text = Buffer.allocUnsafe(length);
  let at = 0;
  text[at++] = openingBracket;
  for (const [i, payload] of payloads.entries()) {
    if (i > 0) {
      text.set(between, at);
      at += between.length;
    }
    text.set(payload, at);
    at += payload.length;
  }
  text[at] = closingBracket;
  try {
    return valuesBetween(JSON.parse(text.toString()) as unknown[], mark, payloads.length);
  } catch {
    return null;
  }
}

function valuesBetween(
  parsed: readonly unknown[],
  mark: number,
  count: number,
): readonly unknown[] | null {
  if (parsed.length !== 2 * count - 1) return null;
  const values = [parsed[0]];
  for (let i = 1; i < count; i++) {
    if (parsed[2 * i - 1] !== mark) return null;
    values.push(parsed[2 * i]);
  }
  return values;
}

interface Separator {
  readonly mark: number;
  readonly bytes: Buffer;
}

let madeSeparator: Separator | null = null;

/**
 * Makes the process's separator on first use. A number with this many digits is still read as a
 * small integer.
 */
function separator(): Separator {
  if (madeSeparator) return madeSeparator;
  const { randomInt } = require("node:crypto") as typeof import("node:crypto");
  const mark = randomInt(100_000_000, 2 ** 30);
  return (madeSeparator = { mark, bytes: Buffer.from(`,${mark},`) });
}

/** Returns false for a user's own codec. */
export function isBuiltIn(codec: Codec): boolean {
  return codec === json || codec === structured || codec === yaml;
}

/**
 * Whether the codec decodes to nothing but data of built-in kinds. A copy of such a value is as
 * good as decoding it again.
 */
export function isOfPlainData(codec: Codec): boolean {
  return codec === json || codec === structured;
}

let loadedStructured: Codec | null = null;
let loadedYaml: typeof import("js-yaml") | null = null;

function loadStructured(): Codec {
  // It is kept, because `require` looks its answer up each time.
  return (loadedStructured ??= (
    require("./structured-codec") as typeof import("./structured-codec")
  ).structuredCodec);
}

function loadYaml(): typeof import("js-yaml") {
  return (loadedYaml ??= givenYaml() ?? requireYaml());
}

function givenYaml(): typeof import("js-yaml") | undefined {
  return (globalThis as { [yamlKey]?: typeof import("js-yaml") })[yamlKey];
}

/**
 * Requires js-yaml in a way that bundlers don't follow. Most programs don't use YAML, and it would
 * be in every bundle.
 */
function requireYaml(): typeof import("js-yaml") {
  const { createRequire } = process.getBuiltinModule("node:module");
  // A bundle of ES modules has no name for its own file.
  const place =
    typeof __filename === "string"
      ? __filename
      : join(process.argv[1] ?? process.cwd(), "..", "bundle.js");
  try {
    return createRequire(place)("js-yaml") as typeof import("js-yaml");
  } catch (error) {
    throw new Error(
      `js-yaml is not part of this bundle. Write import "zcache/yaml" in a file of the program.`,
      {
        cause: error,
      },
    );
  }
}
