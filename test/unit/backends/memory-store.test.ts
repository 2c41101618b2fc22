import test from "ava";
import fc from "fast-check";
import { MemoryStore, toStored } from "../../../runtime/backends/memory-store";

type Step =
  | { readonly do: "set"; readonly key: string; readonly length: number }
  | { readonly do: "find" | "delete" | "held"; readonly key: string }
  | { readonly do: "memo"; readonly key: string; readonly bytes: number }
  | { readonly do: "clear" };

const key = fc.constantFrom("a", "b", "c", "d", "e", "ж");
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    do: fc.constant("set" as const),
    key,
    length: fc.constantFrom(0, 8, 9, 500, 1_024, 1_025, 9_000),
  }),
  fc.record({ do: fc.constantFrom("find" as const, "delete" as const, "held" as const), key }),
  fc.record({ do: fc.constant("memo" as const), key, bytes: fc.constantFrom(0, 10, 500) }),
  fc.constant({ do: "clear" as const }),
);

interface Known {
  readonly length: number;
  readonly memoBytes: number;
}

const maxSize = 6_000;
const sizeOf = (name: string, { length, memoBytes }: Known): number =>
  200 + (name === "ж" ? 2 : 1) + length + (length > 8 && length <= 1_024 ? 0 : 250) + memoBytes;
const sum = (model: ReadonlyMap<string, Known>): number =>
  [...model].reduce((bytes, [name, known]) => bytes + sizeOf(name, known), 0);

/** Does the step in a Map whose order is that of the last use. */
function follow(model: Map<string, Known>, maxEntries: number, step: Step): void {
  const put = (name: string, known: Known): void => {
    model.delete(name);
    model.set(name, known);
    while (model.size > maxEntries || sum(model) > maxSize)
      model.delete([...model.keys()][0] as string);
  };
  if (step.do === "clear") return model.clear();
  const known = model.get(step.key);
  if (step.do === "delete") model.delete(step.key);
  else if (step.do === "set") {
    model.delete(step.key);
    const fresh = { length: step.length, memoBytes: 0 };
    if (sizeOf(step.key, fresh) <= maxSize) put(step.key, fresh);
  } else if (known) {
    const isFit = step.do === "memo" && known.length + step.bytes <= maxSize / 8;
    put(step.key, isFit ? { ...known, memoBytes: step.bytes } : known);
  }
}

function carryOut(store: MemoryStore, step: Step): void {
  switch (step.do) {
    case "set":
      return void store.set(step.key, toStored(Buffer.alloc(step.length, step.key)), 1_000);
    case "find":
      return void store.find(step.key);
    case "held": {
      const place = store.find(step.key);
      return place === 0 ? undefined : void store.heldAt(place);
    }
    case "memo":
      return store.setMemo(step.key, {}, step.bytes);
    case "delete":
      return store.delete(step.key);
    case "clear":
      return store.clear();
  }
}

test("it keeps the same keys as a list in the order of last use, and counts their bytes", (t) => {
  fc.assert(
    fc.property(
      fc.array(step, { maxLength: 60 }),
      fc.integer({ min: 1, max: 5 }),
      (steps, maxEntries) => {
        const store = new MemoryStore(maxEntries, maxSize);
        const model = new Map<string, Known>();
        for (const one of steps) {
          carryOut(store, one);
          follow(model, maxEntries, one);
          t.deepEqual([...store.keys()].sort(), [...model.keys()].sort());
          t.is(store.calculatedSize, sum(model));
          t.is(store.size, model.size);
          for (const [name, { length }] of model)
            t.deepEqual(store.peek(name)?.bytes, Buffer.alloc(length, name));
        }
      },
    ),
    { numRuns: 1_000 },
  );
});

test("every byte comes back as it was, as text or not", (t) => {
  for (const length of [0, 1, 8, 9, 256, 1_024, 1_025]) {
    const bytes = Buffer.from(Array.from({ length }, (_, i) => (i * 7) % 256));
    const store = new MemoryStore(10, 1e6);
    store.set("key", toStored(bytes), 5);
    t.deepEqual(store.peek("key"), { bytes, expiresAt: 5 });
    t.deepEqual(store.heldAt(store.find("key")).bytes, bytes);
  }
  t.deepEqual(
    Buffer.from(toStored("naïve ✓ text") as string, "latin1"),
    Buffer.from("naïve ✓ text"),
  );
});

test("kept bytes have memory of their own, so that they keep neither a pool nor a socket's buffer", (t) => {
  const received = Buffer.alloc(1e6, "x");
  for (const length of [8, 2_000]) {
    const stored = toStored(received.subarray(5, 5 + length)) as Buffer;
    t.is(stored.buffer.byteLength, length);
  }
  const pooled = toStored(Buffer.from("12345678")) as Buffer;
  t.is(pooled.buffer.byteLength, 8);
});

test("a memo is dropped with the bytes that it is about", (t) => {
  const store = new MemoryStore(10, 1e6);
  store.set("key", toStored("some bytes"), 5);
  store.heldAt(store.find("key")).memo = "memo";
  t.is(store.heldAt(store.find("key")).memo, "memo");
  store.set("key", toStored("some bytes"), 5);
  t.is(store.heldAt(store.find("key")).memo, null);
});
