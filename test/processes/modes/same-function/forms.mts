/**
 * A function of each form that can be cached, asked in every way in which a program can ask.
 * same-function.test.ts compiles this file with zcache and without, and compares the answers.
 */

// oxlint-disable oxc/no-this-in-exported-function

/** It is a function of which nothing is known, as code that is handed a function sees it. */
type Unknown = ((...args: unknown[]) => unknown) &
  (new (...args: unknown[]) => object) & { mark?: number };

/** No two calls have the same id, because a stored value says nothing about its call. */
let lastId = 0;

function describeThis(self: unknown, id: unknown): string {
  const isObject = typeof self === "object" && self !== null;
  return `${typeof self} ${isObject ? self.constructor.name : String(self)}${typeof id === "number" ? "" : " without a number"}`;
}

const table: Record<string, unknown> = {};

// @zcache
async function declared(this: unknown, id: number, _more = 1): Promise<unknown> {
  return describeThis(this, id);
}

// @zcache
function plain(this: unknown, id: number): Promise<unknown> {
  return Promise.resolve(describeThis(this, id));
}

// @zcache
export default async function (this: unknown, id: number): Promise<unknown> {
  return describeThis(this, id);
}

function makeInner(): unknown {
  // @zcache "inner:{id}"
  async function inner(this: unknown, id: number): Promise<unknown> {
    return describeThis(this, id);
  }
  return inner;
}

// @zcache
const arrow = async (id: number): Promise<unknown> => id;

// @zcache
const plainArrow = (id: number): Promise<unknown> => Promise.resolve(id);

// @zcache
const expression = async function (this: unknown, id: number): Promise<unknown> {
  return describeThis(this, id);
};

// @zcache
const plainExpression = function (this: unknown, id: number): Promise<unknown> {
  return Promise.resolve(describeThis(this, id));
};

// @zcache
const named = async function self(this: unknown, id: number): Promise<unknown> {
  if (id > 0) return (self as Unknown).call(this, id - 1);
  return [self === table["named"], self.name, (self as unknown as Unknown).mark];
};

function overloaded(id: number): Promise<unknown>;
function overloaded(id: string, second: number): Promise<unknown>;
// @zcache
async function overloaded(this: unknown, id: number | string, _second?: number): Promise<unknown> {
  return describeThis(this, id);
}

/** A decorator of both kinds that changes nothing. */
function seen(_target: unknown, _context: unknown, _descriptor?: unknown): void {}

class Service {
  // @zcache "method:{id}"
  async method(this: unknown, id: number): Promise<unknown> {
    return describeThis(this, id);
  }
  // @zcache "plain method:{id}"
  plainMethod(this: unknown, id: number): Promise<unknown> {
    return Promise.resolve(describeThis(this, id));
  }
  // @zcache "static:{id}"
  static async fixed(this: unknown, id: number): Promise<unknown> {
    return describeThis(this, id);
  }
  // @zcache "plain static:{id}"
  static plainFixed(this: unknown, id: number): Promise<unknown> {
    return Promise.resolve(describeThis(this, id));
  }
  // @zcache
  field = async (id: number): Promise<unknown> => id;
  // @zcache "static field:{id}"
  static fixedField = async function (this: unknown, id: number): Promise<unknown> {
    return describeThis(this, id);
  };
  // @zcache "private:{id}"
  async #hidden(this: unknown, id: number): Promise<unknown> {
    return describeThis(this, id);
  }
  get hidden(): unknown {
    return this.#hidden;
  }
  // @zcache "static private:{id}"
  static async #fixedHidden(this: unknown, id: number): Promise<unknown> {
    return describeThis(this, id);
  }
  static get fixedHidden(): unknown {
    return this.#fixedHidden;
  }
  get returned(): unknown {
    // @zcache "returned:{id}"
    return async (id: number): Promise<unknown> => id;
  }
}

/** A class with decorators has its fields turned into assignments, so this one has none. */
class Decorated {
  // @zcache "decorated:{id}"
  @seen
  async decorated(this: unknown, id: number): Promise<unknown> {
    return describeThis(this, id);
  }
  // @zcache "plain decorated:{id}"
  @seen
  static plainDecorated(this: unknown, id: number): Promise<unknown> {
    return Promise.resolve(describeThis(this, id));
  }
}

abstract class Abstract {
  // @zcache "inherited:{id}"
  async inherited(this: unknown, id: number): Promise<unknown> {
    return describeThis(this, id);
  }
}
class Inheriting extends Abstract {}

const ClassExpression = class {
  // @zcache "of an expression:{id}"
  async method(this: unknown, id: number): Promise<unknown> {
    return describeThis(this, id);
  }
};

const literal = {
  // @zcache "literal:{id}"
  async member(this: unknown, id: number): Promise<unknown> {
    return describeThis(this, id);
  },
  // @zcache "plain literal:{id}"
  plainMember(this: unknown, id: number): Promise<unknown> {
    return Promise.resolve(describeThis(this, id));
  },
  // @zcache "property:{id}"
  property: async function (this: unknown, id: number): Promise<unknown> {
    return describeThis(this, id);
  },
  // @zcache "with super:{id}"
  async withSuper(this: unknown, id: number): Promise<unknown> {
    return describeThis(this, typeof super.toString === "function" ? id : "");
  },
};

const holder: { assigned?: unknown } = {};
// @zcache "assigned:{0}"
holder.assigned = async (id: number): Promise<unknown> => id;

// oxlint-disable-next-line typescript/no-namespace
namespace Space {
  // @zcache "space:{id}"
  export async function inside(this: unknown, id: number): Promise<unknown> {
    return describeThis(this, id);
  }
}

const service = new Service();
Object.assign(table, {
  ...{ declared, plain, arrow, plainArrow, expression, plainExpression, named, overloaded },
  inner: makeInner(),
  method: service.method,
  "plain method": service.plainMethod,
  static: Service.fixed,
  "plain static": Service.plainFixed,
  field: service.field,
  "static field": Service.fixedField,
  private: service.hidden,
  "static private": Service.fixedHidden,
  decorated: new Decorated().decorated,
  "plain decorated": Decorated.plainDecorated,
  returned: service.returned,
  inherited: Inheriting.prototype.inherited,
  "of a class expression": new ClassExpression().method,
  member: literal.member,
  "plain member": literal.plainMember,
  property: literal.property,
  "with super": literal.withSuper,
  assigned: holder.assigned,
  "in a namespace": Space.inside,
});

async function ask(f: Unknown): Promise<unknown> {
  f.mark = 7;
  const own = await f(0);
  const prototype = f.prototype as object | undefined;
  return {
    type: typeof f,
    name: Object.getOwnPropertyDescriptor(f, "name"),
    length: Object.getOwnPropertyDescriptor(f, "length"),
    tag: Object.prototype.toString.call(f),
    mark: f.mark,
    own: Reflect.ownKeys(f).map(String),
    keys: Object.keys(f),
    hasPrototype: "prototype" in f,
    prototype: prototype && [
      Object.getPrototypeOf(prototype) === Object.prototype,
      prototype.constructor === f,
      Reflect.ownKeys(prototype),
    ],
    constructor: f.constructor.name,
    isFunction: f instanceof Function,
    isAsync: f instanceof (async () => {}).constructor,
    constructed: attempt(() => Object.prototype.toString.call(new f(++lastId))),
    instance: attempt(() => ({}) instanceof f),
    result: Array.isArray(own) ? own : typeof own,
    isPromise: f(++lastId) instanceof Promise,
    detached: await f(++lastId),
    ofNull: await f.call(null, ++lastId),
    ofNumber: await f.call(5, ++lastId),
    ofText: await f.apply("text", [++lastId]),
    ofSymbol: await Reflect.apply(f, Symbol.iterator, [++lastId]),
    bound: await f.bind(service)(++lastId),
    boundName: f.bind(service).name,
    // A function expression that mentions its own name is emitted without it (docs/differences.md).
    text: f.toString().replace("function self(", "function (").replaceAll(/\s+/g, " "),
  };
}

function attempt(run: () => unknown): string {
  try {
    return String(run());
  } catch (error) {
    return String(error).replace(/[^]*(?=is not)/, "");
  }
}

/** @param own what the module exports, because it can't name its default export itself */
export async function answersOf(own: {
  readonly default: unknown;
}): Promise<Record<string, unknown>> {
  const answers: Record<string, unknown> = {};
  for (const [name, f] of Object.entries({ ...table, default: own.default }))
    answers[name] = await ask(f as Unknown);
  return answers;
}
