import { builtInCodecs } from "../../runtime/codecs/built-in-codecs";
import { magic } from "../../runtime/entry/entry";
import { type Random } from "../chaos/random";

/** The form that the bytes imitate. */
export type Form = "json" | "yaml" | "structured" | "raw" | "lock" | "source" | "key";

/** Returns bytes as the codec has written them. */
export function sampleOf(form: Form, random: Random): Buffer {
  return random.pick(samples[form]);
}

/** This object has a name, so that both records of a list share a shape. */
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

export const lockedFunction = {
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

/** These are the source's functions, with which a lock is compared. */
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

export function asBytes(stored: Buffer | string): Buffer {
  return typeof stored === "string" ? Buffer.from(stored) : stored;
}

/** Returns a program with a cached method, a batch and a function that have these directives. */
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

export const samples: Readonly<Record<Form, readonly Buffer[]>> = {
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
