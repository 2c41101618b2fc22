import { builtInCodecs } from "../../runtime/codecs/built-in-codecs";
import {
  allFlags,
  createHeader,
  createStored,
  endOfKey,
  magic,
  type Terms,
} from "../../runtime/entry/entry";
import { createHold } from "../../runtime/entry/hold";
import { type Random } from "../chaos/random";

/** Longer ones would make a slow case of what takes a time in proportion to its bytes. */
export const mostBytes = 32_768;

/** What the bytes are made like. */
export type Form = "json" | "yaml" | "structured" | "raw" | "lock" | "source" | "key";

/**
 * Bytes of this form that were changed in a few places, or bytes that were made up of its parts.
 */
export function bytesOf(form: Form, random: Random): Buffer {
  const isMutated = random.chance(0.6);
  return (
    isMutated ? mutated(sampleOf(form, random), form, random) : madeUp(form, random)
  ).subarray(0, mostBytes);
}

/** Bytes as the codec has written them. */
export function sampleOf(form: Form, random: Random): Buffer {
  return random.pick(samples[form]);
}

/** The same behind a header, or with the header changed. */
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

/** One of a caller that may never come, until a time that may be none. */
function leaseHeader(random: Random): string {
  const end = random.pick([
    endOfKey,
    "1700000005000",
    "0000000000000",
    "letters here!",
    "-1e300-------",
  ]);
  const lease = { token: random.pick(["\0".repeat(8), "\xff".repeat(8), "77777777"]), end };
  const flags = random.chance(0.8) ? 0 : Math.floor(random.next() * (allFlags + 2));
  return createHeader("12345678", flags, random.chance(0.5) ? [] : ["abcdefgh"], lease);
}

/** Of transactions that may never end, until times that may be none. */
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

/** Named, so that both records of a list share a shape. */
const row = {
  id: 5,
  name: "Ada",
  at: new Date(5),
  tags: ["a", "b"],
  nested: { deep: [1, { x: null }] },
};
const shared = { a: 1 };
const cyclic: unknown[] = [1];
cyclic.push(cyclic, shared, shared);

const plainValues: readonly unknown[] = [
  null,
  true,
  0,
  -1.5,
  1e300,
  "text",
  "ünï\u2028\u{1f600}",
  [],
  {},
  [1, "two", { three: [4] }],
  { id: 5, name: "Ada", tags: ["a", "b"], nested: { deep: [1, { x: null }] } },
  JSON.parse('{"__proto__":{"isAdmin":true},"constructor":{"prototype":{"x":1}}}'),
  Array.from({ length: 40 }, (_, i) => ({ id: i, name: `row ${i}` })),
];

const richValues: readonly unknown[] = [
  row,
  [row, { ...row }, row],
  undefined,
  -0,
  2n ** 80n,
  -5n,
  new Map<unknown, unknown>([[row, new Set([1, "x", row])]]),
  [, 1, , "two"],
  Object.assign([1, , 3], { extra: 5 }),
  new TypeError("bad", { cause: new Error("inner") }),
  [/a+\p{L}/u, new RegExp("[\\p{L}--[a-z]]", "v"), /x/gi],
  [
    new Uint8Array([1, 2, 3]),
    new Float64Array([1.5]),
    Buffer.from("bytes"),
    new ArrayBuffer(4),
    new DataView(new ArrayBuffer(2)),
  ],
  [Object("boxed"), Object(5), Object(true), Object(5n)],
  cyclic,
  Array.from({ length: 60 }, (_, i) => ({ id: i + 0.5, at: new Date(i), none: undefined })),
];

const lockedFunction = {
  file: "src/users.ts",
  function: "Users.find",
  name: "shop.users.Users.find",
  key: "user:{id}-{lang}",
  parameters: ["id", "lang"],
  namespace: "shop",
  tags: ["user:{id}"],
  ttl: "10m",
  codec: "structured",
  fingerprint: "0123456789abcdef",
  returns:
    '{ id: number; name?: string; list: ({ at: Date } | "a" | null)[]; map: Map<string, [number, string]> }',
};

/** What a lock is compared with: the source's functions. */
export const sourceLock = {
  version: 1 as const,
  functions: [
    { ...lockedFunction, ttl: "5m", returns: "{ id: string; name: string }" },
    {
      ...lockedFunction,
      function: "Users.all",
      name: "shop.users.Users.all",
      key: "all|{id}",
      parameters: ["id"],
    },
  ],
};

function asBytes(stored: Buffer | string): Buffer {
  return typeof stored === "string" ? Buffer.from(stored) : stored;
}

/** A program with a cached method, a batch and a function, whose directives say this. */
function sourceOf(method: string, batch: string, name: string): string {
  return `export interface Row { id: number; at: Date; "na-me"?: string }
export class Users {
  // @zcache ${method}
  async get(id: number, user: { name: string; tags: string[] }): Promise<Row | null> { return null; }
}
// @zcache batch, ${batch}
export async function rows(ids: number[], lang = "en"): Promise<Row[]> { return []; }
/* @zcache
   ttl: 1m
   ${name} */
export const find = async (text: string, deep = { a: [1] }) => ({ text });
`;
}

const sources = [
  sourceOf('ttl: 10m, tags: ["user:{id}", "name:{user.name}"]', "ttl: 1h", 'key: "find:{text}"'),
  sourceOf(
    'key: "u:{id}:{user.tags}", codec: structured',
    'tags: ["row:{ids}"], timeout: 2s',
    "namespace: shop",
  ),
  sourceOf("stale: 1h, when: result.id > 5", 'resultTags: ["by:{result.id}"]', "version: auto"),
];

const encoded = (codec: "json" | "yaml" | "structured", values: readonly unknown[]): Buffer[] =>
  values.map((value) => asBytes(builtInCodecs[codec].encode(value)));

const samples: Readonly<Record<Form, readonly Buffer[]>> = {
  json: encoded("json", plainValues),
  yaml: encoded("yaml", [...plainValues, cyclic]),
  structured: encoded("structured", [...plainValues, ...richValues]),
  raw: ["", "5", "QUEUED", magic, "any bytes"].map((text) => Buffer.from(text, "latin1")),
  lock: [
    Buffer.from(JSON.stringify({ version: 1, functions: [lockedFunction] })),
    Buffer.from(
      JSON.stringify({ version: 1, functions: [lockedFunction, ...sourceLock.functions] }),
    ),
  ],
  source: sources.map((text) => Buffer.from(text)),
  key: [
    'fuzz.user.Users.get|5-{name:"Ada"}',
    "u:5:a",
    "find:text",
    "fuzz.user.rows|5-en",
    "tag:user:5~",
  ].map((text) => Buffer.from(text)),
};

// ---- Mutations ----

const interesting = [0, 1, 2, 0x7f, 0x80, 0xff, 0x0a, 0x22, 0x2c, 0x5b, 0x5d, 0x7b, 0x7d];

function mutated(sample: Buffer, form: Form, random: Random): Buffer {
  let bytes: Buffer = Buffer.from(sample);
  const changes = 1 + Math.floor(random.next() ** 3 * 6);
  for (let i = 0; i < changes; i++) bytes = changed(bytes, form, random);
  return bytes;
}

function changed(bytes: Buffer, form: Form, random: Random): Buffer {
  const at = below(bytes.length + 1, random);
  const to = Math.min(bytes.length, at + 1 + below(16, random));
  const without = (inner: Buffer | string): Buffer =>
    Buffer.concat([
      bytes.subarray(0, at),
      Buffer.from(inner as string, "latin1"),
      bytes.subarray(to),
    ]);
  switch (below(8, random)) {
    case 0:
      return bytes.length === 0
        ? without("x")
        : replaced(bytes, at % bytes.length, below(256, random));
    case 1:
      return bytes.length === 0
        ? without("x")
        : replaced(bytes, at % bytes.length, random.pick(interesting));
    case 2:
      return without("");
    case 3:
      return bytes.subarray(0, at);
    case 4:
      return Buffer.concat([
        bytes.subarray(0, at),
        Buffer.from(token(form, random), "latin1"),
        bytes.subarray(at),
      ]);
    case 5:
      return without(token(form, random));
    case 6: {
      // TypeScript's own parser takes twice as long with each `async ( =` more.
      const times = form === "source" ? 2 : 1 + Math.floor(random.next() ** 6 * 1_000);
      const piece = bytes.subarray(at, to);
      const repeated = Array.from(
        { length: Math.min(times, Math.ceil(mostBytes / (piece.length + 1))) },
        () => piece,
      );
      return Buffer.concat([bytes.subarray(0, at), ...repeated, bytes.subarray(at)]);
    }
    default: {
      const other = random.pick(samples[form]);
      return Buffer.concat([
        bytes.subarray(0, at),
        other.subarray(below(other.length + 1, random)),
      ]);
    }
  }
}

function replaced(bytes: Buffer, at: number, byte: number): Buffer {
  const copy = Buffer.from(bytes);
  copy[at] = byte;
  return copy;
}

function below(count: number, random: Random): number {
  return Math.floor(random.next() * count);
}

// ---- Bytes that are made up of a form's parts ----

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

function token(form: Form, random: Random): string {
  if (random.chance(0.05)) return String.fromCharCode(below(256, random));
  return form === "structured" && random.chance(0.7)
    ? binaryToken(random)
    : random.pick(tokens[form]);
}

const names = [
  "__proto__",
  "constructor",
  "prototype",
  "toString",
  "get",
  "set",
  "length",
  "then",
  "toJSON",
  "0",
  "-1",
];
const jsonTokens = [
  ...names.map((name) => JSON.stringify(name)),
  ...[
    "[",
    "]",
    "{",
    "}",
    ",",
    ":",
    "[[",
    "]]",
    "{}",
    "[]",
    "null",
    "true",
    "1e999",
    "-0",
    "8640000000000001",
    "5",
  ],
  ...[
    '"\\ud800"',
    '"\\u0000"',
    '{"a":',
    "[5,",
    ' ["__proto__","x"],',
    ' ["constructor","prototype","y"]',
    '"\\',
    " ",
    "\n",
  ],
];

/** What a placeholder must not do, what a terminal obeys, and what would take long. */
const hostileTexts = [
  "{id.constructor.constructor('globalThis.wasRun = true')()}",
  "{user.constructor.constructor('return process')().exit()}",
  "{text.__proto__.x}",
  "{(() => { globalThis.wasRun = true; })()}",
  "{globalThis.wasRun = true}",
  "{`${text}`.repeat(1e9)}",
  "{text.padEnd(1e9)}",
  "{Array(1e9).fill(text).join(text)}",
  "{text.replaceAll(/(a+)+$/g, text)}",
  "{new Date(id).toISOString()}",
  "{",
  "}",
  "\u001b[2J",
  "\u202e",
  "\u009b31m",
  "\ud83d",
  "\u0000",
];

const tokens: Readonly<Record<Form, readonly string[]>> = {
  json: jsonTokens,
  structured: jsonTokens,
  yaml: [
    ...names.map((name) => `${name}: `),
    ...names,
    ...[
      "- ",
      "? ",
      ": ",
      "\n",
      "\n  ",
      "\n- ",
      "[",
      "]",
      "{",
      "}",
      ", ",
      "&a ",
      "*a",
      "*b",
      "&b ",
      "<<: *a",
      "<<: [*a, *a]",
      "<<: ",
    ],
    ...[
      "!!js/function ",
      "!!binary ",
      "!!set ",
      "!!omap ",
      "!!map ",
      "!!merge ",
      "!<tag:yaml.org,2002:pairs> ",
      "!",
    ],
    ...[
      "|\n",
      ">\n",
      "|9-\n",
      '"',
      "'",
      "\\",
      "\\x41",
      "#",
      "---\n",
      "...\n",
      "%YAML 1.2\n",
      "%TAG ! !a\n",
      "\t",
    ],
    ...[
      "0x" + "f".repeat(40),
      "0o7",
      ".inf",
      "-.nan",
      "1e999",
      "~",
      "[*a,*a,*a,*a]",
      "&c [*a,*b]",
      "- [",
      "? [",
      "? {",
    ],
  ],
  source: [
    ...hostileTexts,
    ...names,
    ...[
      "// @zcache ",
      "/* @zcache\n",
      "*/",
      "\n",
      "ttl: 5s",
      "key: ",
      "tags: [",
      "]",
      ", ",
      '"',
      "batch",
      "async ",
      "class ",
    ],
    ...[
      "static ",
      "#a",
      "()",
      "{}",
      ": Promise<Row>",
      "<T>",
      "...ids: number[]",
      "this",
      "export default ",
      "@dec ",
      "await ",
    ],
    ...[
      "allow: complete-key",
      "version: auto",
      "codec: yaml",
      "cache: other",
      "&a ",
      "*a",
      "!!js/function ",
      "? ",
      "\t",
    ],
  ],
  key: [
    ...hostileTexts,
    ...names,
    "|",
    "-",
    "@",
    ":",
    "~",
    "%",
    "\\",
    '"',
    "{",
    "}",
    "[",
    "]",
    "null",
    "5n",
    "1e999",
    "fuzz.user.",
  ],
  raw: ["\0zc\x01", "\0zc\x02", "\x01", "\x02", "[", "{", "\xff\xff\xff\xff\x0f", "QUEUED"],
  lock: [
    ...jsonTokens,
    ...Object.keys(lockedFunction).map((name) => `"${name}":`),
    ...[
      '"version":',
      '"functions":[',
      '"batch":true',
      "<<<<<<<",
      "\\u001b[2J",
      "\\u202e",
      "Map<",
      ">",
      "|",
      "{ a: ",
      " }[]",
      "(",
      ")",
    ],
  ],
};

/** A whole value, so that many a reader's step is gone before something is wrong. */
function binaryValue(depth: number, random: Random): string {
  const code = (...bytes: number[]): string => String.fromCharCode(...bytes);
  const text = (of: string): string => code(8, of.length) + of;
  const inner = (): string => binaryValue(depth - 1, random);
  const few = depth === 0 ? 0 : below(4, random);
  const some = (make: () => string): string => Array.from({ length: few }, make).join("");
  const shape = code(0, few) + some(() => text(random.pick(names)));
  switch (below(12, random)) {
    case 0:
      return code(10) + shape + some(inner);
    case 1:
      return code(11, few) + some(inner);
    case 2:
      return `${code(12)}${random.pick(["\x04", "\xff\xff\xff\xff\x0f"])}${code(few)}${some(() => code(below(3, random)) + inner())}${shape}${some(inner)}`;
    case 3:
      return code(15, few) + some(() => inner() + inner());
    case 4:
      return code(16, few) + some(inner);
    case 5:
      return (
        code(17, below(7, random), 7) +
        text("bad") +
        text("stack") +
        (depth === 0 ? code(1) : inner())
      );
    case 6:
      return code(18) + random.pick([text("boxed"), code(0x85), code(3)]);
    case 7:
      return code(20, below(4, random), few) + "x".repeat(few);
    case 8:
      return code(21, below(4, random));
    case 9:
      return text(random.pick(names));
    default:
      return binaryToken(random);
  }
}

const patterns = [
  "\\p{L}",
  "\\p{RGI_Emoji}",
  "[^\\p{L}]",
  "[\\p{L}--[a-z]]",
  "[^a]",
  "\\W",
  "(?:a{1000}){1000}",
  "(a+)+b",
  "((",
  "\\1",
  ".",
];
const flags = ["", "u", "v", "iu", "iv", "gimsuy", "uv", "x"];

/** One part of the form in `runtime/binary-form.ts`, as Latin-1. */
function binaryToken(random: Random): string {
  const code = (...bytes: number[]): string => String.fromCharCode(...bytes);
  const text = (of: string): string => code(8, of.length) + of;
  const few = code(below(5, random));
  switch (below(16, random)) {
    case 0:
      return code(1 + below(23, random));
    case 1:
      return code(0x80 + below(128, random));
    case 2:
      return random.pick([
        "\xff\xff\xff\xff\x0f",
        "\xff\xff\xff\xff\x1f",
        "\x80\x80\x80\x80\x80\x80",
        "\xff\xff\x03",
        "\x80\x01",
      ]);
    case 3:
      return text(random.pick(names));
    case 4:
      return code(10, 0, 1) + text(random.pick(names));
    case 5:
      return code(10) + few;
    case 6:
      return code(random.pick([11, 15, 16])) + few;
    case 7:
      return code(12) + random.pick(["\xff\xff\xff\xff\x0f", "\xff\xff\x03", few]) + few;
    case 8:
      return code(21) + few;
    case 9:
      return code(20, below(16, random)) + few;
    case 10:
      return code(17, below(9, random), below(9, random));
    case 11: {
      const source = random
        .pick(patterns)
        .repeat(1 + Math.floor(random.next() ** 4 * 60))
        .slice(0, 120);
      return code(14) + text(source) + text(random.pick(flags));
    }
    case 12:
      return (
        code(13) +
        random.pick(["\0\0\0\0\0\0\xf0\x7f", "\0\0\0\0\0\0\x24\x40", "\0\0\0\0\0\0\xf8\x7f"])
      );
    case 13:
      return code(6) + "\0\0\0\0\0\0\xf8\x3f";
    case 14:
      return code(7, below(2, random)) + random.pick([few, "\x7f" + "\xff".repeat(127)]);
    default:
      return code(18);
  }
}
