import { join } from "node:path";
import { type codecNames } from "../plan";
import { type Codec } from "./codec";
import { yamlKey } from "./yaml-key";

export type CodecName = (typeof codecNames)[number];

/**
 * The bytes are those of `JSON.stringify`, so other languages can read them. What JSON can't say it changes, as
 * always: a Date becomes its text, -0 becomes 0. No bytes at all are `undefined`.
 */
const json: Codec = {
  encode(value) {
    if (value === undefined) return "";
    const text = JSON.stringify(value) as string | undefined;
    if (text === undefined) throw new TypeError(`JSON has no form for this ${typeof value}.`);
    return text;
  },
  decode: (payload) => (payload.length === 0 ? undefined : (JSON.parse(payload.toString()) as unknown)),
};

/**
 * YAML's core schema: plain data, and shared or cyclic references as anchors. Dates, Maps, Sets, bigints, binary data,
 * functions and class instances throw; as in JSON, an `undefined` property is left out and an `undefined` element
 * becomes null. No bytes at all are `undefined`.
 */
const yaml: Codec = {
  encode(value) {
    if (value === undefined) return "";
    const { dump, CORE_SCHEMA } = loadYaml();
    // Its default schema would write a Date with a tag that the safe one does not read.
    return dump(value, { schema: CORE_SCHEMA });
  },
  decode(payload) {
    if (payload.length === 0) return undefined;
    const { load, CORE_SCHEMA } = loadYaml();
    // What was dumped must load, so the loader can't have a limit of depth that the dumper has not.
    return load(payload.toString(), { schema: CORE_SCHEMA, maxDepth: Infinity });
  },
};

/** See `structured-codec.ts`. Loaded on first use, as js-yaml is: most programs need neither. */
const structured: Codec = {
  encode: (value) => loadStructured().encode(value),
  decode: (payload) => loadStructured().decode(payload),
};

/** The codecs that a directive or `configure` can name without adding one. */
export const builtInCodecs: Readonly<Record<CodecName, Codec>> = { json, yaml, structured };

/** Beyond it, what is saved for each is little beside the copying. */
const mostBytesTogether = 256 * 1024;
const [openingBracket, closingBracket] = Buffer.from("[]") as Buffer & [number, number];

/**
 * What some stored payloads decode to, from one parse for all of them; null where that is no faster, or where one of them
 * can't be decoded. Between two payloads stands a number that nobody knows who writes to the store. Each is found again
 * at its place in the result only where both sides of it were read as JSON; so what is between two of them is one or more
 * whole values, and exactly one if there are as many as payloads. No payload can reach into another's place.
 */
export function decodeTogether(codec: Codec, payloads: readonly Buffer[]): readonly unknown[] | null {
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

function valuesBetween(parsed: readonly unknown[], mark: number, count: number): readonly unknown[] | null {
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

/** One for the process, made when it is needed. So many digits are still read as a small integer. */
function separator(): Separator {
  if (madeSeparator) return madeSeparator;
  const { randomInt } = require("node:crypto") as typeof import("node:crypto");
  const mark = randomInt(100_000_000, 2 ** 30);
  return (madeSeparator = { mark, bytes: Buffer.from(`,${mark},`) });
}

/** False for a codec of the user's own. */
export function isBuiltIn(codec: Codec): boolean {
  return codec === json || codec === structured || codec === yaml;
}

/** Whether what it decodes is nothing but data, of built-in kinds: then a copy of it is as good as decoding it again. */
export function isOfPlainData(codec: Codec): boolean {
  return codec === json || codec === structured;
}

let loadedStructured: Codec | null = null;
let loadedYaml: typeof import("js-yaml") | null = null;

function loadStructured(): Codec {
  // Kept, for `require` looks its answer up anew each time.
  return (loadedStructured ??= (require("./structured-codec") as typeof import("./structured-codec")).structuredCodec);
}

function loadYaml(): typeof import("js-yaml") {
  return (loadedYaml ??= givenYaml() ?? requireYaml());
}

function givenYaml(): typeof import("js-yaml") | undefined {
  return (globalThis as { [yamlKey]?: typeof import("js-yaml") })[yamlKey];
}

/** In a way that bundlers don't follow: most programs have no YAML, and it would be in every bundle. */
function requireYaml(): typeof import("js-yaml") {
  const { createRequire } = process.getBuiltinModule("node:module");
  // A bundle for ES modules has no name of its own file.
  const place = typeof __filename === "string" ? __filename : join(process.argv[1] ?? process.cwd(), "..", "bundle.js");
  try {
    return createRequire(place)("js-yaml") as typeof import("js-yaml");
  } catch (error) {
    throw new Error(`js-yaml is not part of this bundle. Write import "zcache/yaml" in a file of the program.`, {
      cause: error,
    });
  }
}
