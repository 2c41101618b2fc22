/**
 * What a program does with functions besides calling them, each with what it sees.
 * same-function.test.ts compiles this file with zcache and without, and compares the answers.
 */
import { mock } from "node:test";
import { inspect } from "node:util";

type AnyFunction = (...args: never[]) => unknown;
type Members = Record<PropertyKey, unknown>;

/** No two calls have the same id, because a stored value says nothing about its call. */
let lastId = 0;
const nextId = (): number => ++lastId;

function flagsOf(holder: object, name: PropertyKey): unknown {
  const descriptor = Object.getOwnPropertyDescriptor(holder, name);
  if (!descriptor) return "missing";
  const { value, get, set, ...flags } = descriptor;
  return { ...flags, value: typeof value, get: typeof get, set: typeof set };
}

/**
 * Returns the keys of a class or of an object. What zcache adds to classes has a name of its own
 * (docs/differences.md).
 */
function keysOf(holder: object): string[] {
  return Reflect.ownKeys(holder)
    .map(String)
    .filter((key) => key !== "zcache.class.1");
}

/** Returns what the call returns or throws, and whether it does so at once or by its promise. */
async function outcomeOf(run: () => unknown): Promise<string> {
  let result: unknown;
  try {
    result = run();
  } catch (error) {
    return `throws ${String(error).replace(/[^]*(?= is not)/, " … ")}`;
  }
  try {
    return `${result instanceof Promise ? "resolves with" : "returns"} ${JSON.stringify(await result)}`;
  } catch (error) {
    return `rejects with ${String(error)}`;
  }
}

class Base {
  prefix = "base";
  calls = 0;

  // @zcache "base load:{id}"
  async load(id: number): Promise<string> {
    this.calls++;
    return `${this.prefix} ${id}`;
  }

  // @zcache "base plain:{id}"
  plain(id: number): Promise<string> {
    return Promise.resolve(`${this.prefix} plain ${id}`);
  }

  // @zcache "base kind:{id}"
  static async kind(id: number): Promise<string> {
    return `${this.name} ${id}`;
  }

  // @zcache "base secret:{id}"
  async #secret(id: number): Promise<string> {
    return `${this.prefix} secret ${id}`;
  }

  reveal(id: number): Promise<string> {
    return this.#secret(id);
  }

  static isBase(value: object): boolean {
    return #secret in value;
  }

  get loader(): (id: number) => Promise<string> {
    return this.load;
  }

  // @zcache "base quoted:{id}"
  async "quoted name"(id: number): Promise<number> {
    return id;
  }

  last(): string {
    return "last";
  }
}

class Derived extends Base {
  override prefix = "derived";

  // @zcache "derived load:{id}"
  override async load(id: number): Promise<string> {
    return `over ${await super.load(id)}`;
  }

  override plain(id: number): Promise<string> {
    return super.plain(id).then((text) => `plain over ${text}`);
  }

  static override async kind(id: number): Promise<string> {
    return `over ${await super.kind(id)}`;
  }
}

abstract class Shape {
  abstract area(id: number): Promise<number>;
  // @zcache "shape twice:{id}"
  async twice(id: number): Promise<number> {
    return 2 * (await this.area(id));
  }
}

class Square extends Shape {
  // @zcache "square area:{id}"
  async area(id: number): Promise<number> {
    return id * id;
  }
}

class Counted {
  static #count = 0;
  static order: string[] = [];
  static first = Counted.order.push(
    `first ${typeof Counted.make} ${Object.getOwnPropertyNames(Counted).includes("make")}`,
  );
  static {
    Counted.order.push("block");
  }
  // @zcache "counted make:{id}"
  static async make(id: number): Promise<number> {
    return (this.#count += id);
  }
  static later = Counted.order.push("later");
  static kept = Counted.make;
}

// @zcache "sums:{a}:{b}:{c}"
async function sums(
  a: number,
  b = a + 1,
  { c = b + 1, d }: { c?: number; d?: number } = {},
  ...[e = 5]: number[]
): Promise<unknown> {
  return [a, b, c, d ?? null, e];
}

// @zcache "arguments:{a}"
async function readsArguments(a: number, b?: number): Promise<unknown> {
  // oxlint-disable-next-line prefer-rest-params
  const given = arguments;
  return [
    given.length,
    Array.from(given as ArrayLike<unknown>),
    Object.prototype.toString.call(given),
    a,
    b ?? null,
  ];
}

// @zcache "length:{a}"
async function lengths(a: number, _b: string, _c = 1, _d?: number): Promise<number> {
  return a;
}

// @zcache "target:{id}"
function asksNewTarget(id: number): Promise<unknown> {
  return Promise.resolve([id, new.target === undefined]);
}

// @zcache "both:{id}"
function sometimesConstructed(this: unknown, id: number): Promise<unknown> {
  return Promise.resolve(id);
}

// @zcache "made:{id}"
function Made(this: Members, id: number): Promise<unknown> {
  if (new.target === undefined) return Promise.resolve([id, this === undefined]);
  this["id"] = id;
  this["target"] = new.target.name;
  return this as never;
}

// @zcache "made by an expression:{id}"
const MadeByExpression = function (this: Members, id: number): Promise<unknown> {
  if (new.target === undefined) return Promise.resolve(id);
  this["id"] = id;
  return this as never;
};

function keysOfMade(made: object): unknown {
  return [made.constructor.name, made instanceof Made, Object.entries(made)];
}

const hoistedKind = [typeof hoisted, hoisted.name, hoisted.length];
const hoistedResult = hoisted(-1);
// @zcache "hoisted:{id}"
async function hoisted(id: number): Promise<number> {
  return id;
}

const inBlock: unknown[] = [];
{
  inBlock.push(typeof blockFunction, blockFunction.name);
  // @zcache "block:{id}"
  async function blockFunction(id: number): Promise<number> {
    return id;
  }
  inBlock.push(await blockFunction(nextId()));
}

namespace Space {
  export const before = typeof inside;
  // @zcache "inside:{id}"
  export async function inside(id: number): Promise<number> {
    return id;
  }
  // @zcache "arrow inside:{id}"
  export const arrow = async (id: number): Promise<number> => id;
}

function overloaded(id: number): Promise<number>;
function overloaded(id: string): Promise<string>;
// @zcache "overloaded:{id}"
async function overloaded(id: number | string): Promise<number | string> {
  return id;
}

const Expression = class Inner {
  // @zcache "expression:{id}"
  async load(id: number): Promise<unknown> {
    return [id, Inner === Expression, this instanceof Inner];
  }
};

const literal = {
  before: 1,
  // @zcache "literal:{id}"
  async load(id: number): Promise<unknown> {
    return [id, this.before];
  },
  get middle(): number {
    return 2;
  },
  // @zcache "literal arrow:{id}"
  arrow: async (id: number): Promise<number> => id,
  __proto__: {
    inherited: 3,
    async shared(id: number): Promise<string> {
      return `shared ${id}`;
    },
  },
  // @zcache "literal super:{id}"
  async shared(id: number): Promise<string> {
    // The prototype is the one that the literal names.
    return `own ${await (super.shared as (id: number) => Promise<string>)(id)}`;
  },
  after: 4,
};

class Failing {
  // @zcache "at once:{id}"
  atOnce(id: number): Promise<never> {
    if (id >= 0) throw new RangeError(`at once ${id}`, { cause: [id] });
    return Promise.reject(new Error("never"));
  }
  // @zcache "frozen error:{id}"
  async frozen(id: number): Promise<never> {
    // oxlint-disable-next-line typescript/only-throw-error
    throw Object.freeze(Object.assign(new TypeError(`frozen ${id}`), { code: "E_FROZEN" }));
  }
  // @zcache "text error:{id}"
  async text(id: number): Promise<never> {
    // oxlint-disable-next-line typescript/only-throw-error
    throw `text ${id}`;
  }
}

async function errorOf(run: () => Promise<unknown>): Promise<Error> {
  try {
    await run();
  } catch (error) {
    return error as Error;
  }
  throw new Error("It should have failed.");
}

function fieldsOf(error: Error): unknown {
  const copy = structuredClone(error);
  const { name, message, cause, constructor } = error;
  return [
    name,
    message,
    cause,
    constructor.name,
    keysOf(error),
    Object.keys(error),
    copy.name,
    copy.message,
    copy.cause,
    Object.isFrozen(error),
  ];
}

const onItself: { self?: unknown; name?: string } = {};
const outerName = async (): Promise<unknown> => {
  // @zcache "named:{id}"
  const held = async function inner(id: number): Promise<unknown> {
    onItself.self = inner;
    onItself.name = inner.name;
    return id;
  };
  await held(nextId());
  return [onItself.self === held, onItself.name];
};

/**
 * These functions are in the places where an expression may be, most of which give an anonymous
 * function a name.
 */
const named: { last?: (id: number) => Promise<number>; "quoted name"?: unknown } = {};
let assigned: ((id: number) => Promise<number>) | undefined;
assigned ??= /* @zcache "assigned if missing:{0}" */ async (id: number): Promise<number> => id;
// @zcache "quoted place:{0}"
named["quoted name"] = async (id: number): Promise<number> => id;
const {
  destructured = /* @zcache "destructured:{0}" */ async (id: number): Promise<number> => id,
} = {} as {
  destructured?: (id: number) => Promise<number>;
};
const [element = /* @zcache "element:{0}" */ async (id: number): Promise<number> => id] =
  [] as AnyFunction[];
({ last: named.last = /* @zcache "last:{0}" */ async (id: number): Promise<number> => id } = {});
const parameter = (
  given = /* @zcache "parameter:{0}" */ async (id: number): Promise<number> => id,
): AnyFunction => given;
class Places {
  // @zcache "quoted field:{0}"
  "quoted field" = async (id: number): Promise<number> => id;
  // @zcache "numeric field:{0}"
  7 = async (id: number): Promise<number> => id;
  // @zcache "private field:{0}"
  readonly #hidden = async (id: number): Promise<number> => id;
  static made: AnyFunction;
  static {
    // @zcache "static block:{0}"
    this.made = async (id: number): Promise<number> => id;
  }
  get hidden(): AnyFunction {
    return this.#hidden;
  }
}
const places: readonly AnyFunction[] = [
  assigned,
  named["quoted name"] as AnyFunction,
  destructured,
  element,
  named.last as AnyFunction,
  parameter(),
  new Places()["quoted field"],
  new Places()[7],
  new Places().hidden,
  Places.made,
  /* @zcache "in a list:{0}" */ async (id: number): Promise<number> => id,
  (nextId(), /* @zcache "behind a comma:{0}" */ async (id: number): Promise<number> => id),
  lastId < 0 ? sums : /* @zcache "in a condition:{0}" */ async (id: number): Promise<number> => id,
  { 16: /* @zcache "number:{0}" */ async (id: number): Promise<number> => id }[16],
];

/** Asks what a subclass of Function, or a library that makes promises of everything, asks. */
function kindOf(value: unknown): unknown {
  const f = value as AnyFunction;
  return [
    typeof f,
    f.name,
    f.length,
    Object.prototype.toString.call(f),
    f.constructor.name,
    Reflect.ownKeys(f).map(String),
    Object.isExtensible(f),
    Object.hasOwn(f, "caller"),
    Object.hasOwn(f, "arguments"),
    JSON.stringify({ f }),
    JSON.stringify(Object.keys({ ...f })),
    inspect(f),
    f.toString().replaceAll(/\s+/g, " "),
  ];
}

const situations: Readonly<Record<string, () => unknown>> = {
  "flags of methods": () => [
    flagsOf(Base.prototype, "load"),
    flagsOf(Base.prototype, "plain"),
    flagsOf(Base, "kind"),
    flagsOf(Derived.prototype, "load"),
    flagsOf(Base.prototype, "quoted name"),
    flagsOf(literal, "load"),
    flagsOf(literal, "arrow"),
    flagsOf(literal, "shared"),
    flagsOf(Space, "inside"),
  ],
  "order of keys": () =>
    [
      Base,
      Base.prototype,
      Derived,
      Derived.prototype,
      Counted,
      literal,
      Space,
      Expression,
      Expression.prototype,
    ].map(keysOf),
  "kinds of functions": () =>
    [
      Base.prototype.load,
      Base.prototype.plain,
      Base.kind,
      literal.load,
      literal.arrow,
      literal.shared,
      sums,
      readsArguments,
      lengths,
      asksNewTarget,
      hoisted,
      Space.inside,
      overloaded,
      Expression.prototype.load,
      new Base().loader,
    ].map(kindOf),
  "kinds of classes": () =>
    [Base, Derived, Counted, Expression, Shape, Square].map((one) => [
      typeof one,
      one.name,
      one.length,
      `${one}`.slice(0, 6),
    ]),
  "an override that calls what it overrides": async () => {
    const derived = new Derived();
    return [
      await derived.load(nextId()),
      await derived.plain(nextId()),
      await Derived.kind(nextId()),
      derived.calls,
    ];
  },
  "an abstract class": async () => [
    await new Square().twice(3),
    await new Square().area(3),
    kindOf(Shape.prototype.twice),
  ],
  "a private method": async () => [
    await new Derived().reveal(nextId()),
    Base.isBase(new Derived()),
    Base.isBase({}),
  ],
  "a getter that returns a cached function": async () => {
    const base = new Base();
    return [
      base.loader === base.load,
      await base.loader.call(base, nextId()),
      await outcomeOf(() => (0, base.loader)(nextId())),
    ];
  },
  "static members run in their order": async () => [
    Counted.order,
    Counted.kept === Counted.make,
    await Counted.make(2),
  ],
  parameters: async () => [
    await sums(nextId()),
    await sums(nextId(), 7),
    await sums(nextId(), undefined, { d: 9 }, 8),
    await outcomeOf(() => sums(nextId(), 1, null as never)),
    await readsArguments(nextId()),
    await readsArguments(nextId(), 2),
    await (readsArguments as AnyFunction as (...args: number[]) => Promise<unknown>)(
      nextId(),
      2,
      3,
    ),
  ],
  new: async () => [
    await asksNewTarget(nextId()),
    await outcomeOf(() =>
      Object.prototype.toString.call(
        new (sometimesConstructed as never as new (id: number) => object)(nextId()),
      ),
    ),
    await outcomeOf(() => new (hoisted as never as new () => object)()),
    await outcomeOf(() => new (Base.prototype.load as never as new () => object)()),
    await outcomeOf(() => new (Base.prototype.plain as never as new () => object)()),
    await outcomeOf(() => Reflect.construct(Object, [], literal.arrow as never)),
    await outcomeOf(() => class extends (hoisted as never as ObjectConstructor) {}),
  ],
  "what new makes": async () => {
    type Maker = new (id: number) => object;
    class Inheriting extends (Made as never as Maker) {
      own = 1;
    }
    return [
      await Made.call(undefined as never, nextId()),
      await MadeByExpression.call({}, nextId()),
      keysOfMade(new (Made as never as Maker)(7)),
      keysOfMade(new (Made as never as Maker)(7)),
      keysOfMade(new (MadeByExpression as never as Maker)(7)),
      keysOfMade(new Inheriting(8)),
      keysOfMade(Reflect.construct(MadeByExpression, [9], Inheriting) as object),
    ];
  },
  "before its declaration": async () => [hoistedKind, await hoistedResult, inBlock, Space.before],
  "a class expression": async () => new Expression().load(nextId()),
  "an object literal": async () => [
    await literal.load(nextId()),
    await literal.shared(nextId()),
    await literal.arrow(nextId()),
    Object.entries(literal).map(([key, value]) => [key, typeof value]),
  ],
  "its own name": outerName,
  "a spy on a method": async () => {
    const base = new Base();
    const before = base.load;
    const spy = mock.method(base, "load", async () => "spied");
    const spied = [await base.load(nextId()), spy.mock.callCount(), before === Base.prototype.load];
    spy.mock.restore();
    const passing = mock.method(Base.prototype, "plain");
    const passed = [
      await base.plain(1001),
      passing.mock.callCount(),
      passing.mock.calls[0]?.this === base,
    ];
    passing.mock.restore();
    return [
      spied,
      passed,
      base.load === before,
      keysOf(base),
      keysOf(Base.prototype),
      flagsOf(Base.prototype, "plain"),
      await base.plain(1002),
    ];
  },
  "a proxy as receiver": async () => {
    const seen: string[] = [];
    const base = new Base();
    const proxy = new Proxy(base, {
      get(target, name, receiver) {
        seen.push(String(name));
        return Reflect.get(target, name, receiver) as unknown;
      },
    });
    return [
      await proxy.load(nextId()),
      proxy.load === base.load,
      seen.filter((name) => name === "load" || name === "prefix"),
      await outcomeOf(() => proxy.reveal(nextId())),
    ];
  },
  "a proxied function": async () => {
    const seen: string[] = [];
    const proxy = new Proxy(hoisted, {
      apply(target, self, args: [number]) {
        seen.push("apply");
        return Reflect.apply(target, self, args);
      },
      get(target, name, receiver) {
        seen.push(String(name));
        return Reflect.get(target, name, receiver) as unknown;
      },
    });
    return [await proxy(nextId()), await proxy.call(null, nextId()), proxy.name, seen];
  },
  "frozen objects and classes": async () => {
    class Frozen extends Base {}
    Object.freeze(Frozen.prototype);
    const object = Object.freeze({ ...literal });
    return [
      await Object.freeze(new Frozen()).plain(nextId()),
      await object.load(nextId()),
      await outcomeOf(() => ((object as { load: unknown }).load = 1)),
      Object.isFrozen(Object.freeze(hoisted.bind(null))),
    ];
  },
  "methods that are put elsewhere": async () => {
    const borrower = {
      prefix: "borrowed",
      calls: 0,
      load: Base.prototype.load,
      plain: Base.prototype.plain,
    };
    class Mixed {}
    Object.defineProperties(Mixed.prototype, Object.getOwnPropertyDescriptors(Base.prototype));
    const mixed = Object.assign(new Mixed() as Base, { prefix: "mixed" });
    return [
      await borrower.load(nextId()),
      await borrower.plain(nextId()),
      borrower.calls,
      await mixed.plain(nextId()),
      keysOf(Mixed.prototype),
    ];
  },
  errors: async () => {
    const failing = new Failing();
    return [
      fieldsOf(await errorOf(async () => failing.atOnce(nextId()))),
      fieldsOf(await errorOf(async () => failing.frozen(nextId()))),
      await errorOf(async () => failing.text(nextId())),
    ];
  },
  "properties that a program sets": () => {
    const f = hoisted as unknown as Members;
    f["displayName"] = "shown";
    Object.defineProperty(f, "hidden", { value: 1, enumerable: false });
    const symbol = Symbol("metadata");
    f[symbol] = 2;
    delete f["displayName"];
    return [
      Object.keys(f),
      Reflect.ownKeys(f).map(String),
      f[symbol],
      Object.assign({}, f),
      "call" in f,
      "prototype" in f,
    ];
  },
  "maps and sets of functions": () => {
    const base = new Base();
    return [
      new Set([base.load, new Base().load, Base.prototype.load, Derived.prototype.load]).size,
      new WeakMap([[hoisted, 1]]).has(hoisted),
    ];
  },
  "names that a place gives": () => places.map(kindOf),
  "its caller and arguments": () =>
    [hoisted, Base.prototype.load, asksNewTarget, literal.arrow].map((f) =>
      ["caller", "arguments"].map((name) => {
        try {
          return typeof (f as unknown as Members)[name];
        } catch (error) {
          return (error as Error).name;
        }
      }),
    ),
  "iteration and coercion": () => {
    const names: string[] = [];
    for (const name in hoisted) names.push(name);
    return [names, String(hoisted).slice(0, 16), Number(hoisted), Object.is(hoisted, Space.inside)];
  },
};

export async function answersOf(): Promise<Record<string, unknown>> {
  const answers: Record<string, unknown> = {};
  for (const [name, ask] of Object.entries(situations)) answers[name] = await ask();
  return answers;
}
