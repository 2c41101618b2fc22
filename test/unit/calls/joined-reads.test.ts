/**
 * If callers join one read, or one load, its bytes are decoded once, and each caller has a value of
 * its own.
 */
import test, { type ExecutionContext } from "ava";
import { AsyncLocalStorage } from "node:async_hooks";
import { builtInCodecs } from "../../../runtime/codecs/built-in-codecs";
import type { Codec } from "../../../runtime/codecs/codec";
import { MemoryBackend } from "../../../runtime/backends/memory-backend";
import { FaultyBackend } from "../../../runtime/testing/faulty-backend";
import { configure, type Options } from "../../../runtime/cache/configure";
import { wrap } from "../../../runtime/calls/cached-function";
import type { Plan } from "../../../runtime/plan";
import { keyOver, template } from "../../support/templates";

type Name = "json" | "structured" | "yaml";
type Cached = (id: number) => Promise<unknown>;

let count = 0;

/** Creates a function on a remote store that already has its value. */
async function createStored(
  value: unknown,
  plan: Partial<Plan> = {},
  options: Partial<Options> = {},
) {
  const cache = `joined ${++count}`;
  const store = new FaultyBackend(new MemoryBackend(), { remote: true });
  configure(cache, { backend: store, ...options });
  const whole: Plan = { name: "f", key: keyOver((id) => [id]), cache, ...plan };
  const wrapNow = (more: Partial<Plan> = {}): Cached =>
    wrap(
      () => ({ ...whole, ...more }),
      async () => value,
      "f",
    ) as never;
  const cached = wrapNow();
  await cached(1);
  await cached(2);
  const together = (calls: number, f = cached): Promise<unknown[]> =>
    Promise.all(Array.from({ length: calls }, () => f(1)));
  return { cached, wrapNow, together, store };
}

/** Counts how often a built-in codec is asked to decode. */
async function countDecodes(name: Name, work: () => Promise<unknown>): Promise<number> {
  const codec = builtInCodecs[name] as { decode: Codec["decode"] };
  const { decode } = codec;
  let decodes = 0;
  codec.decode = (payload) => {
    decodes++;
    return decode(payload);
  };
  try {
    await work();
  } finally {
    codec.decode = decode;
  }
  return decodes;
}

const long = "a text that is longer than what is decoded again for each caller. ".repeat(3);
const tree = { long, list: [{ a: 1 }, { a: [2, 3] }], none: null, sum: -0.5 };
const trees: readonly (readonly [name: Name, value: object])[] = [
  ["json", tree],
  ["yaml", tree],
  ["structured", { ...tree, when: new Date(5), big: 5n }],
];

const ways: readonly (readonly [title: string, plan: Partial<Plan>, options: Partial<Options>])[] =
  [
    ["plain entries", {}, {}],
    ["entries with tags", { tags: [template(["row:", ""], (id) => [id])] }, {}],
    ["entries with times", { staleMs: 60_000 }, {}],
    ["a listener that hears of each hit", {}, { onEvent: () => {} }],
    ["callers that wait no longer than a while", { timeoutMs: 60_000 }, {}],
  ];

for (const [title, plan, options] of ways) {
  test.serial(
    `${title}: eight callers of one key decode once, and each has a tree of its own`,
    async (t) => {
      for (const [codec, value] of trees) {
        const { together } = await createStored(value, { ...plan, codec }, options);
        let results: unknown[] = [];
        t.is(await countDecodes(codec, async () => (results = await together(8))), 1, codec);
        t.is(results.length, 8);
        for (const result of results) t.deepEqual(result, value);
        t.is(new Set(results).size, 8);
        t.is(new Set(results.map((result) => (result as typeof tree).list[1])).size, 8);
      }
    },
  );
}

test.serial("text is decoded once and shared", async (t) => {
  for (const codec of ["json", "structured", "yaml"] as const) {
    const { together } = await createStored(long, { codec });
    const decodes = await countDecodes(codec, async () =>
      t.deepEqual(await together(8), Array(8).fill(long)),
    );
    t.is(decodes, 1, codec);
  }
});

test.serial(
  "a caller that changes its value at once does not change another caller's",
  async (t) => {
    for (const [title, plan, options] of ways) {
      const { cached } = await createStored(tree, plan, options);
      const seen: string[] = [];
      // Each caller continues before the next one has its value.
      await Promise.all(
        Array.from({ length: 5 }, async () => {
          const own = (await cached(1)) as { long: string; list: { a: unknown }[] };
          seen.push(JSON.stringify(own));
          own.long = "changed";
          own.list.forEach((item) => (item.a = "changed"));
          own.list.length = 1;
        }),
      );
      t.deepEqual(seen, Array(5).fill(JSON.stringify(tree)), title);
      t.deepEqual(await cached(1), tree);
    }
  },
);

test.serial("a value that can't be copied is decoded once for each caller", async (t) => {
  const list = [{ long }];
  const values: readonly (readonly [what: string, value: unknown])[] = [
    ["a Map", { long, map: new Map([[1, list]]) }],
    ["an object in two places", { long, list, again: list }],
    ["bytes", { long, bytes: Buffer.from(long) }],
    [
      "a large dictionary",
      Object.fromEntries(Array.from({ length: 200 }, (_, i) => [`name ${i}`, i])),
    ],
    [
      "deep nesting",
      JSON.parse("[".repeat(150) + JSON.stringify({ map: 1, long }) + "]".repeat(150)),
    ],
  ];
  for (const [what, value] of values) {
    const { together } = await createStored(value, { codec: "structured" });
    const decodes = await countDecodes("structured", async () => {
      const results = await together(4);
      for (const result of results) t.deepEqual(result, value, what);
      t.is(new Set(results).size, 4, what);
    });
    t.is(decodes, what === "deep nesting" ? 1 : 4, what);
  }
  const { together } = await createStored({ long, list, again: list }, { codec: "structured" });
  for (const { list: one, again } of (await together(3)) as { list: object; again: object }[])
    t.is(one, again);
});

test.serial(
  "a value that is nested more deeply than V8's stack is decoded for each caller",
  async (t) => {
    const depth = 50_000;
    const { cached, store } = await createStored(long);
    const bytes = Buffer.from("[".repeat(depth) + "]".repeat(depth));
    store.read = async (keys) => keys.map(() => bytes);
    const results = (await Promise.all([cached(1), cached(1), cached(1)])) as unknown[][];
    t.is(new Set(results).size, 3);
    t.is(new Set(results.map(([inner]) => inner)).size, 3);
  },
);

test.serial("a property named __proto__ stays a property", async (t) => {
  const text = `{"long":${JSON.stringify(long)},"__proto__":{"isAdmin":true}}`;
  const { together } = await createStored(JSON.parse(text));
  for (const result of (await together(3)) as object[]) {
    t.is(JSON.stringify(result), text);
    t.is(Object.getPrototypeOf(result), Object.prototype);
  }
});

test.serial(
  "a codec of the user's own is asked by each caller, in that caller's context",
  async (t) => {
    const caller = new AsyncLocalStorage<number>();
    const decodedBy: unknown[] = [];
    const own: Codec = {
      encode: (value) => Buffer.from(JSON.stringify(value)),
      decode: (payload) => {
        decodedBy.push(caller.getStore());
        return { decoded: decodedBy.length, value: JSON.parse(payload.toString()) as unknown };
      },
    };
    const { cached } = await createStored(tree, { codec: "own" }, { codecs: { own } });
    decodedBy.length = 0;
    const results = await Promise.all([1, 2, 3].map((id) => caller.run(id, () => cached(1))));
    t.deepEqual(decodedBy, [1, 2, 3]);
    t.deepEqual(
      results.map((result) => (result as { decoded: number }).decoded),
      [1, 2, 3],
    );
  },
);

test.serial(
  "two functions with one key and codecs of their own get what their codec makes",
  async (t) => {
    const { cached, wrapNow } = await createStored(tree, { codec: "json" });
    const other = wrapNow({ codec: "yaml" });
    const results = await Promise.all([cached(1), other(1), cached(1), other(1)]);
    for (const result of results) t.deepEqual(result, tree);
    t.is(new Set(results).size, 4);
  },
);

test.serial(
  "bytes that can't be decoded are reported for each caller, and each gets what is loaded",
  async (t) => {
    const unusable: string[] = [];
    const { together, store } = await createStored(
      tree,
      {},
      { onEvent: (event) => event.type === "unusable" && unusable.push(event.key) },
    );
    const read = store.read.bind(store);
    const broken = Buffer.from(`{"long":${JSON.stringify(long)}`);
    store.read = async (keys) => ((store.read = read), keys.map(() => broken));
    const results = await together(3);
    t.deepEqual(results, [tree, tree, tree]);
    t.is(new Set(results).size, 3);
    t.is(unusable.length, 3);
  },
);

test.serial("with share, the callers of one read get one frozen value", async (t) => {
  for (const [codec, value] of trees) {
    const { together } = await createStored(value, { codec, share: true });
    let results: unknown[] = [];
    t.is(await countDecodes(codec, async () => (results = await together(8))), 1);
    for (const result of results) t.deepEqual(result, value);
    // A Date can't be frozen.
    t.is(new Set(results).size, codec === "structured" ? 8 : 1);
    t.is(Object.isFrozen(results[0]), codec !== "structured");
  }
});

test.serial(
  "a caller whose function doesn't share gets a value of its own beside callers that do",
  async (t) => {
    const map = { long, map: new Map([[1, [long]]]) };
    for (const value of [tree, map]) {
      const { cached: shared, wrapNow } = await createStored(value, {
        codec: "structured",
        share: true,
      });
      const own = wrapNow({ share: false });
      for (const order of [
        [shared, own, shared, own],
        [own, shared, own, shared],
      ]) {
        const results = await Promise.all(order.map((f) => f(1)));
        for (const [i, result] of results.entries()) {
          t.deepEqual(result, value);
          if (order[i] === own) t.is(results.filter((other) => other === result).length, 1);
          if (order[i] === own) t.false(Object.isFrozen(result));
        }
      }
    }
  },
);

test.serial(
  "the callers that share a load decode once, and each has a tree of its own",
  async (t) => {
    for (const [codec, value] of trees) {
      const { results, decodes } = await loadTogether(t, value, { codec });
      t.is(decodes, 1, codec);
      for (const result of results) t.deepEqual(result, value);
      t.is(new Set(results).size, 8);
    }
  },
);

test.serial(
  "with share, the callers that share a load get one frozen value, and the first what was loaded",
  async (t) => {
    const { results, decodes } = await loadTogether(t, tree, { share: true });
    t.is(decodes, 1);
    t.is(results[0], tree);
    t.false(Object.isFrozen(tree));
    t.is(new Set(results).size, 2);
    t.true(Object.isFrozen(results[1]));
  },
);

async function loadTogether(t: ExecutionContext, value: unknown, plan: Partial<Plan>) {
  const cache = `loaded together ${++count}`;
  configure(cache, { backend: new FaultyBackend(new MemoryBackend(), { remote: true }) });
  let loads = 0;
  const load = async (): Promise<unknown> => (loads++, value);
  const cached = wrap(
    () => ({ name: "f", key: keyOver((id) => [id]), cache, ...plan }),
    load,
  ) as Cached;
  let results: unknown[] = [];
  const decodes = await countDecodes((plan.codec ?? "json") as Name, async () => {
    results = await Promise.all(Array.from({ length: 8 }, () => cached(1)));
  });
  t.is(loads, 1);
  return { results, decodes };
}
