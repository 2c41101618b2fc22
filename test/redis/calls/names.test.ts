import test from "ava";
import { keysOfCall } from "../../../runtime/calls/operations";
import { createCache } from "../../support/cache";
import { useStores } from "../../support/stores";
import { template } from "../../support/templates";

const onEachStore = useStores();
const slug = (...texts: string[]) => template(texts, (value: unknown) => [value]);

onEachStore(
  "an entry whose key looks like that of a tag's version is not mistaken for one",
  async (t, create) => {
    const cache = create();
    let posts = "old";
    // A version has 8 bytes, too.
    const count = cache.count(
      { name: "count", key: slug("tag:", "") },
      async (_slug: string) => 12_345_678,
    );
    const tagged = cache.count(
      { name: "posts", tags: [slug("", "")] },
      async (_slug: string) => posts,
    );
    await count("posts");
    await tagged("posts");
    await cache.idle();
    posts = "new";
    await cache.invalidateTag("posts");
    await count("posts");
    t.is(await tagged("posts"), "new");
    await tagged("posts");
    await count("posts");
    t.deepEqual([count.loads.length, tagged.loads.length], [1, 2]);
  },
);

onEachStore(
  "an entry whose key looks like that of a fence, of the epoch or of another reserved name is not mistaken for one",
  async (t, create) => {
    const cache = create({ onOutage: "flush" });
    const ofResult = {
      ...template(["by:", ""], (result: { by: unknown }) => [result.by]),
      kind: "by",
    };
    const f = cache.count({ name: "f", resultTags: [ofResult] }, async (id: number) => ({
      id,
      by: 7,
    }));
    const others = [
      slug("tags:", ""),
      slug("epoch", "~"),
      slug("tag:by:", "~"),
      template(["epoch~"], () => []),
    ].map((key, i) =>
      cache.count({ name: `other ${i}`, key }, async (_slug: unknown) => 12_345_678),
    );
    for (let round = 0; round < 3; round++) {
      await f(1);
      for (const other of others) await other("by");
      await cache.idle();
    }
    t.deepEqual(
      [f, ...others].map(({ loads }) => loads.length),
      [1, 1, 1, 1, 1],
    );
  },
);

onEachStore(
  "an entry is not mistaken for a version if the namespace of its cache completes the name",
  async (t, create) => {
    const first = create();
    const second = create({ namespace: "tag" });
    const tagged = first.count({ name: "f", tags: [slug("user:", "")] }, async (id: number) => id);
    const other = second.count(
      { name: "g", key: slug("user:", "") },
      async (_id: number) => 12_345_678,
    );
    for (let round = 0; round < 3; round++) {
      await tagged(5);
      await other(5);
      await first.idle();
      await second.idle();
    }
    t.deepEqual([tagged.loads.length, other.loads.length], [1, 1]);
    await first.invalidateTag("user:5");
    await tagged(5);
    await other(5);
    t.deepEqual([tagged.loads.length, other.loads.length], [2, 1]);
  },
);

onEachStore(
  "a tag that was cut inside of an emoji makes hits, and is invalidated",
  async (t, create) => {
    const cache = create();
    const cut = "thumbs 👍".slice(0, -1);
    const ofResult = {
      ...template(["name:", ""], (result: { name: string }) => [result.name]),
      kind: "name",
    };
    const named = cache.count({ name: "named", resultTags: [ofResult] }, async (id: number) => ({
      id,
      name: cut,
    }));
    const tagged = cache.count(
      { name: "tagged", tags: [slug("name:", "")] },
      async (name: string) => name,
    );
    const call = async () => {
      await named(1);
      await tagged(cut);
      await cache.idle();
    };
    await call();
    await call();
    t.deepEqual([named.loads.length, tagged.loads.length], [1, 1]);
    await cache.invalidateTag(`name:${cut}`);
    await call();
    t.deepEqual([named.loads.length, tagged.loads.length], [2, 2]);
  },
);

onEachStore("a tag of any length makes hits, and is invalidated", async (t, create) => {
  const cache = create();
  const name = "n".repeat(65_536);
  const ofResult = {
    ...template(["name:", ""], (result: { name: string }) => [result.name]),
    kind: "name",
  };
  const named = cache.count({ name: "named", resultTags: [ofResult] }, async (id: number) => ({
    id,
    name,
  }));
  const tagged = cache.count(
    { name: "tagged", tags: [slug("name:", "")] },
    async (text: string) => text.length,
  );
  const call = async () => {
    await named(1);
    await tagged(name);
    await cache.idle();
  };
  await call();
  await call();
  t.deepEqual([named.loads.length, tagged.loads.length], [1, 1]);
  await cache.invalidateTag(`name:${name}`);
  await call();
  t.deepEqual([named.loads.length, tagged.loads.length], [2, 2]);
});

onEachStore("keysOf returns the key as the store has it", async (t, create) => {
  const cache = create();
  const f = cache.count({ name: "f", key: slug("a", "~") }, async (_slug: string) => 1);
  const keys = keysOfCall(f, ["b"]);
  await f("b");
  await cache.idle();
  t.is((await cache.backend.read(keys))[0]?.toString(), "1");
  t.deepEqual(keys, ["ab~%"]);
});

onEachStore("a value's own text invalidates its tag", async (t, create) => {
  const cache = create();
  class ObjectId {
    constructor(readonly hex: string) {}
    toString() {
      return this.hex;
    }
    toJSON() {
      return { $oid: this.hex };
    }
  }
  const values = [5n, -0, 1e-7, new Date(5), new URL("https://a.b/c"), new ObjectId("65a1")];
  const ofResult = {
    ...template(["of:", ""], (result: { place: number }) => [values[result.place]]),
    kind: "of",
  };
  const key = template(["k:", ""], (_value: unknown, name: string) => [name]);
  const tagged = cache.count(
    { name: "tagged", key, tags: [slug("by:", "")] },
    async (value: unknown, _name: string) => String(value),
  );
  const named = cache.count({ name: "named", resultTags: [ofResult] }, async (place: number) => ({
    place,
  }));
  const callAll = async () => {
    for (const [place, value] of values.entries()) {
      await tagged(value, `v${place}`);
      await named(place);
    }
    await cache.idle();
  };
  await callAll();
  await callAll();
  t.deepEqual([tagged.loads.length, named.loads.length], [6, 6]);
  for (const value of values) {
    await cache.invalidateTag(`by:${String(value)}`);
    await cache.invalidateTag(`of:${String(value)}`);
  }
  await callAll();
  t.deepEqual([tagged.loads.length, named.loads.length], [12, 12]);
});

onEachStore("a Map or a Set in another order is another argument", async (t, create) => {
  const cache = create();
  const f = cache.count({ name: "f" }, async (by: Set<string>) => [...by].join());
  t.is(await f(new Set(["a", "b"])), "a,b");
  t.is(await f(new Set(["b", "a"])), "b,a");
  t.is(await f(new Set(["a", "b"])), "a,b");
  t.is(f.loads.length, 2);
});

test("a default key without a program's name is not used in a store that programs share, unless the cache has a namespace", async (t) => {
  for (const [options, loads] of [
    [{ remote: true }, 2],
    [{ remote: true, namespace: "shop" }, 1],
    [{ remote: false }, 1],
  ] as const) {
    const cache = createCache(t, options);
    const f = cache.count({ nameless: true }, async (id: number) => id);
    t.deepEqual([await f(1), await f(1)], [1, 1]);
    t.is(f.loads.length, loads);
    t.is(
      cache.events.some(({ type }) => type === "unusable"),
      loads === 2,
    );
  }
});
