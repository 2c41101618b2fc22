import { wrap } from "../../runtime/calls/cached-function";
import { configure } from "../../runtime/cache/configure";
import { MemoryBackend } from "../../runtime/backends/memory-backend";
import { keyOver, template } from "./templates";

/**
 * Fills a memory backend with values of each shape and prints what its heap then takes, as a part
 * of `maxBytes`. It has to be run with --expose-gc.
 * Values are read until their decoded form is kept, if `hits` is set.
 */

const maxBytes = 2 * 1024 * 1024;

interface Shape {
  readonly name: string;
  readonly value: (i: number) => unknown;
  readonly codec?: "json" | "structured";
  readonly tagged?: boolean;
  readonly key?: (i: number) => unknown;
}

const times = <Item>(count: number, make: (i: number) => Item): Item[] =>
  Array.from({ length: count }, (_, i) => make(i));
const named = (count: number, name: (i: number) => string, value: (i: number) => unknown): object =>
  Object.fromEntries(times(count, (i) => [name(i), value(i)]));

const shapes: readonly Shape[] = [
  { name: "numbers", value: (i) => i },
  { name: "short texts under long keys", value: () => "x", key: (i) => `${"k".repeat(120)}${i}` },
  {
    name: "texts under keys of another alphabet",
    value: () => "x",
    key: (i) => `${"ключ ".repeat(8)}${i}`,
  },
  { name: "short texts under tags", value: () => "x", tagged: true },
  {
    name: "rows",
    value: (i) =>
      named(
        10,
        (n) => `column${n}`,
        (n) => (n % 2 ? `value ${i} of ${n}` : i * n),
      ),
  },
  {
    name: "rows of doubles",
    value: (i) =>
      named(
        10,
        (n) => `column${n}`,
        (n) => i + n / 7,
      ),
  },
  {
    name: "names of their own",
    value: (i) =>
      named(
        10,
        (n) => `name ${i} ${n}`,
        (n) => n,
      ),
  },
  {
    name: "many names of their own",
    value: (i) =>
      named(
        1500,
        (n) => `name ${i} ${n}`,
        (n) => n,
      ),
  },
  {
    name: "orders of a few names",
    value: (i) =>
      named(
        8,
        (n) => `n${((i * 2654435761 + n * 40503) >>> 7) % 50}`,
        (n) => n,
      ),
  },
  {
    name: "numbers as names",
    value: (i) =>
      named(
        20,
        (n) => `${(i * 7919 + n * 104729) % 1e9}`,
        (n) => n,
      ),
  },
  {
    name: "nested records",
    value: (i) => times(20, (n) => ({ id: i + n, at: { x: i, y: { z: n } } })),
  },
  {
    name: "records in records",
    value: (i) =>
      named(
        5,
        (n) => `part${n}`,
        () =>
          named(
            3,
            (n) => `inner${n}`,
            () => ({ i }),
          ),
      ),
  },
  { name: "arrays of small numbers", value: (i) => times(100, (n) => i + n) },
  { name: "arrays of doubles", value: (i) => times(100, (n) => i + n / 7) },
  { name: "mixed arrays", value: (i) => times(100, (n) => (n % 2 ? i + n / 7 : null)) },
  { name: "arrays of arrays", value: (i) => times(20, () => times(3, (n) => [n, i])) },
  { name: "empty arrays and records", value: () => times(30, (n) => (n % 2 ? [] : {})) },
  { name: "texts", value: (i) => times(20, (n) => `text ${i} ${n}`) },
  { name: "one long text", value: (i) => `${i}`.padEnd(5_000, "a") },
  { name: "texts of another alphabet", value: (i) => times(20, (n) => `текст ${i} номер ${n}`) },
  {
    name: "long texts with one character of another alphabet",
    value: (i) => `€${i}`.padEnd(2_000, "a"),
  },
  { name: "dates", value: (i) => times(20, (n) => new Date(i * n)), codec: "structured" },
  {
    name: "big integers",
    value: (i) => times(20, (n) => BigInt(i * n) ** 20n),
    codec: "structured",
  },
];

async function fill(
  shape: Shape,
  codec: "json" | "structured",
  hits: number,
  print = console.log,
): Promise<void> {
  const cache = `${shape.name} ${codec} ${hits}`;
  gc();
  const before = used();
  const backend = new MemoryBackend({ maxBytes, maxEntries: 2 ** 20 });
  configure(cache, { backend, jitter: 0 });
  const plan = {
    ...{ name: "f", cache, codec, key: keyOver((i) => [shape.key ? shape.key(i as number) : i]) },
    ...(shape.tagged && { tags: [template(["row:", ""], (i) => [i])] }),
  };
  const load = async (i: number): Promise<unknown> => shape.value(i);
  const f = wrap(() => plan, load as never, "f") as typeof load;
  const read = async (i: number): Promise<void> => {
    for (let call = 0; call <= hits; call++) await f(i);
  };
  let count = 0;
  while (backend.size >= count) await read(count++);
  for (const end = count * 1.1; count < end; count++) await read(count);
  gc();
  print(
    JSON.stringify({
      name: `${shape.name}, ${codec}, ${hits} hits`,
      part: (used() - before) / maxBytes,
    }),
  );
  backend.clear();
}

function gc(): void {
  for (let times = 0; times < 2; times++) (globalThis as { gc?: () => void }).gc?.();
}

function used(): number {
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

async function main(): Promise<void> {
  // The first time, V8 compiles and optimises the code itself, which takes a part of the heap as
  // well.
  for (const hits of [0, 3]) await fill(shapes[0] as Shape, "json", hits, () => {});
  for (const shape of shapes) {
    const { codec = "json" } = shape;
    // For values that are never read, only the length counts.
    if (typeof shape.value(1) !== "object") await fill(shape, codec, 0);
    await fill(shape, codec, 3);
    // Its reader makes arrays and records in another way.
    if (shape.name.includes("arrays") || shape.name.includes("records"))
      await fill(shape, "structured", 3);
  }
}

void main();
