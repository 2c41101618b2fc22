import test from "ava";
import { asError, messageOf } from "../../../runtime/user-code/thrown";
import { createCache } from "../../support/cache";

/** These can be thrown, and have no text or throw when they are looked at. */
function textless(): [what: string, thrown: unknown][] {
  const refuse = (): never => {
    throw new Error("not to be read");
  };
  return [
    ["an object without a prototype", Object.create(null)],
    [
      "a proxy whose traps throw",
      new Proxy({}, { get: refuse, getPrototypeOf: refuse, has: refuse, ownKeys: refuse }),
    ],
    ["a text that throws", { toString: refuse }],
    [
      "an error whose message throws",
      Object.defineProperty(new Error("a"), "message", { get: refuse }),
    ],
    [
      "an error whose message has no text",
      Object.assign(new Error("a"), { message: Object.create(null) as string }),
    ],
    ["undefined", undefined],
    ["a symbol", Symbol("a")],
  ];
}

test("whatever is thrown has a text, and makes an error", (t) => {
  for (const [what, thrown] of textless()) {
    t.is(typeof messageOf(thrown), "string", what);
    const error = asError(thrown);
    t.true(error === thrown || error.cause === thrown, what);
  }
  const error = new TypeError("bad");
  t.is(asError(error), error);
  t.is(asError("text").message, "text");
});

test("a call does the same with and without a listener, whatever its loader, its value or its codec throws", async (t) => {
  for (const [what, thrown] of textless()) {
    const fail = (): never => {
      throw thrown;
    };
    const cache = createCache(t, { codecs: { failing: { encode: fail, decode: fail } } });
    const rejected = cache.wrap({ name: "a" }, async (_id: number) => fail());
    const outcome = await rejected(1).then(
      () => "a value",
      (reason: unknown) => (reason === thrown ? "what was thrown" : "something else"),
    );
    t.is(outcome, "what was thrown", what);
    const plans = {
      toJSON: cache.wrap({ name: "b", codec: "json" }, async (id: number) => ({
        id,
        toJSON: fail,
      })),
      getter: cache.wrap({ name: "c", codec: "structured" }, async (id: number) =>
        Object.defineProperty({ id }, "a", { get: fail, enumerable: true }),
      ),
      codec: cache.wrap({ name: "d", codec: "failing" }, async (id: number) => ({ id })),
      when: cache.wrap({ name: "e", when: fail }, async (id: number) => ({ id })),
      ttl: cache.wrap({ name: "g", ttl: fail }, async (id: number) => ({ id })),
    };
    for (const [where, plan] of Object.entries(plans))
      t.is((await plan(1)).id, 1, `${what}, ${where}`);
    await cache.idle();
    t.is(cache.events.filter(({ type }) => type === "unusable").length, 5, what);
  }
});

test("a listener that throws any value breaks no call", async (t) => {
  for (const [what, thrown] of textless()) {
    const warned = new Promise<Error>((resolve) => process.once("warning", resolve));
    const cache = createCache(t);
    cache.configure({
      onEvent() {
        throw thrown;
      },
    });
    t.is(await cache.wrap({}, async (id: number) => id)(5), 5, what);
    t.is((await warned).name, "ZcacheListenerWarning");
    await cache.idle();
  }
});
