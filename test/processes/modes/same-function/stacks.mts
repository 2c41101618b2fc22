/**
 * Functions of each form fail here, and other functions call them. same-function.test.ts compiles
 * this file with zcache and without, and compares the names in the stacks of their errors.
 */

/** A function fails at once, after an `await`, or by a promise that it rejects. */
export type Failure = "at once" | "late" | "rejected";

type Fails = (how: Failure) => Promise<unknown>;

async function later(how: Failure): Promise<never> {
  await null;
  throw new Error(how);
}

// @zcache
async function declared(how: Failure): Promise<unknown> {
  if (how === "at once") throw new Error(how);
  await null;
  throw new Error(how);
}

// @zcache
function plain(how: Failure): Promise<unknown> {
  if (how === "at once") throw new Error(how);
  return how === "rejected" ? Promise.reject(new Error(how)) : later(how);
}

// @zcache
const arrow = async (how: Failure): Promise<unknown> => {
  if (how === "at once") throw new Error(how);
  await null;
  throw new Error(how);
};

// @zcache
const expression = async function (how: Failure): Promise<unknown> {
  if (how === "at once") throw new Error(how);
  await null;
  throw new Error(how);
};

// @zcache
const named = async function ownName(how: Failure): Promise<unknown> {
  if (how === "at once") throw new Error(how);
  await null;
  throw new Error(how);
};

// @zcache
const plainExpression = function (how: Failure): Promise<unknown> {
  if (how === "at once") throw new Error(how);
  return how === "rejected" ? Promise.reject(new Error(how)) : later(how);
};

// @zcache
const plainArrow = (how: Failure): Promise<unknown> => {
  if (how === "at once") throw new Error(how);
  return how === "rejected" ? Promise.reject(new Error(how)) : later(how);
};

class Service {
  // @zcache "method:{how}"
  async method(how: Failure): Promise<unknown> {
    if (how === "at once") throw new Error(how);
    await null;
    throw new Error(how);
  }

  // @zcache "plain method:{how}"
  plainMethod(how: Failure): Promise<unknown> {
    if (how === "at once") throw new Error(how);
    return how === "rejected" ? Promise.reject(new Error(how)) : later(how);
  }

  // @zcache "static:{how}"
  static async fixed(how: Failure): Promise<unknown> {
    if (how === "at once") throw new Error(how);
    await null;
    throw new Error(how);
  }

  // @zcache "private:{how}"
  async #hidden(how: Failure): Promise<unknown> {
    if (how === "at once") throw new Error(how);
    await null;
    throw new Error(how);
  }

  callsHidden(how: Failure): Promise<unknown> {
    return this.#hidden(how);
  }

  // @zcache "field:{how}"
  field = async (how: Failure): Promise<unknown> => {
    if (how === "at once") throw new Error(how);
    await null;
    throw new Error(how);
  };

  // @zcache "outer:{how}"
  async outer(how: Failure): Promise<unknown> {
    return [await this.method(how)];
  }

  // @zcache batch, key: "many:{id}"
  async many(hows: Failure[]): Promise<unknown[]> {
    if (hows[0] === "at once") throw new Error(hows[0]);
    await null;
    throw new Error(hows[0]);
  }
}

class Derived extends Service {
  // @zcache "derived:{how}"
  override async method(how: Failure): Promise<unknown> {
    return [await super.method(how)];
  }
}

const literal = {
  // @zcache "member:{how}"
  async member(how: Failure): Promise<unknown> {
    if (how === "at once") throw new Error(how);
    await null;
    throw new Error(how);
  },
  // @zcache "member with super:{how}"
  async toLocaleString(how?: Failure): Promise<unknown> {
    if (how === "at once") throw new Error(how);
    await null;
    throw new Error(`${how}${super.toLocaleString().slice(0, 0)}`);
  },
};

function makeInner(): Fails {
  // @zcache "inner:{how}"
  async function inner(how: Failure): Promise<unknown> {
    if (how === "at once") throw new Error(how);
    await null;
    throw new Error(how);
  }
  return inner;
}

// oxlint-disable-next-line typescript/no-namespace
namespace Space {
  // @zcache "space:{how}"
  export async function inside(how: Failure): Promise<unknown> {
    if (how === "at once") throw new Error(how);
    await null;
    throw new Error(how);
  }
}

// @zcache "timed:{how}", timeout: 1m
async function timed(how: Failure): Promise<unknown> {
  if (how === "at once") throw new Error(how);
  await null;
  throw new Error(how);
}

// @zcache "signalled:{how}"
async function signalled(how: Failure, _signal: AbortSignal): Promise<unknown> {
  if (how === "at once") throw new Error(how);
  await null;
  throw new Error(how);
}

// @zcache "stale:{how}", staleIfError: 1m
async function staleIfFailed(how: Failure): Promise<unknown> {
  if (how === "at once") throw new Error(how);
  await null;
  throw new Error(how);
}

// @zcache "verified:{how}", verify: 100%
async function verified(how: Failure): Promise<unknown> {
  if (how === "at once") throw new Error(how);
  await null;
  throw new Error(how);
}

// @zcache batch, key: "timed batch:{id}", timeout: 1m
async function timedBatch(hows: Failure[]): Promise<unknown[]> {
  if (hows[0] === "at once") throw new Error(hows[0]);
  await null;
  throw new Error(hows[0]);
}

// @zcache "calls timed:{how}"
async function callsTimed(how: Failure): Promise<unknown> {
  return [await timed(how)];
}

// @zcache "returns:{how}"
async function returnsUnawaited(how: Failure): Promise<unknown> {
  await null;
  return declared(how);
}

// @zcache "returns verified:{how}"
async function returnsVerified(how: Failure): Promise<unknown> {
  await null;
  return verified(how);
}

const service = new Service();
const derived = new Derived();

// These aren't async, and hand the promise on.
function handsOnDeclared(how: Failure): Promise<unknown> {
  return declared(how);
}
function handsOnMethod(how: Failure): Promise<unknown> {
  return service.method(how);
}

/**
 * Calls the functions as programs write calls: a call of `table.f(…)` would name another receiver.
 */
const calls: Readonly<Record<string, Fails>> = {
  declared: async (how) => [await declared(how)],
  plain: async (how) => [await plain(how)],
  arrow: async (how) => [await arrow(how)],
  expression: async (how) => [await expression(how)],
  named: async (how) => [await named(how)],
  "plain expression": async (how) => [await plainExpression(how)],
  "plain arrow": async (how) => [await plainArrow(how)],
  method: async (how) => [await service.method(how)],
  "plain method": async (how) => [await service.plainMethod(how)],
  "static method": async (how) => [await Service.fixed(how)],
  "private method": async (how) => [await service.callsHidden(how)],
  field: async (how) => [await service.field(how)],
  "method that calls another": async (how) => [await service.outer(how)],
  batch: async (how) => [await service.many([how])],
  "method that calls super": async (how) => [await derived.method(how)],
  member: async (how) => [await literal.member(how)],
  "member with super": async (how) => [await literal.toLocaleString(how)],
  inner: async (how) => [await makeInner()(how)],
  "in a namespace": async (how) => [await Space.inside(how)],
  "with a timeout": async (how) => [await timed(how)],
  "with a signal": async (how) => [await signalled(how, new AbortController().signal)],
  "with staleIfError": async (how) => [await staleIfFailed(how)],
  verified: async (how) => [await verified(how)],
  "batch with a timeout": async (how) => [await timedBatch([how])],
  "calls one with a timeout": async (how) => [await callsTimed(how)],
  "returns what it doesn't await": async (how) => [await returnsUnawaited(how)],
  "returns a verified one": async (how) => [await returnsVerified(how)],
  "handed on": async (how) => [await handsOnDeclared(how)],
  "method handed on": async (how) => [await handsOnMethod(how)],
};

async function program(call: Fails, how: Failure): Promise<void> {
  await call(how);
}

/** Returns the functions that the stack names, from where the error was made to the program. */
function namesIn({ stack = "" }: Error): string[] {
  const names = stack
    .split("\n")
    .flatMap((line) => /^ +at (?:async )?(.+?)(?: \(.*\))?$/.exec(line)?.[1] ?? []);
  const end = names.indexOf("program");
  // The callers of a function that returns a promise without awaiting it are not known.
  return end < 0 ? names : names.slice(0, end + 1);
}

export async function answersOf(): Promise<Record<string, readonly string[]>> {
  const frames: Record<string, readonly string[]> = {};
  for (const [name, call] of Object.entries(calls))
    for (const how of ["at once", "late", "rejected"] as const)
      await program(call, how).catch(
        (error: Error) => (frames[`${name}, ${how}`] = namesIn(error)),
      );
  return frames;
}
