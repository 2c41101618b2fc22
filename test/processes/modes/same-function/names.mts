/**
 * Functions whose loader has a name of its own in emitted code, each with the names and the text
 * that a program sees. Compilers give private methods and default exports other names than the
 * source. same-function.test.ts compiles this file with zcache and without, and compares the
 * answers.
 */

type AnyFunction = (...args: unknown[]) => Promise<unknown>;

// prettier-ignore
// @zcache "commented:{id}"
async function commented /* before ( */ (id: number): Promise<number> {
  return id;
}

// prettier-ignore
// @zcache "two comments:{id}"
async /* first */ function /* second */ twoComments /* third */(id: number): Promise<number> {
  return id;
}

// prettier-ignore
// @zcache "line:{id}"
function line // and a comment (
(id: number): Promise<number> {
  return Promise.resolve(id);
}

// @zcache "accented:{id}"
async function accentué(id: number): Promise<number> {
  return id;
}

// @zcache "numbered:{id}"
async function numbered_loader_1(id: number): Promise<number> {
  return id;
}

/** It has the name that zcache would give to the loader of a declaration. */
// @zcache "expression:{id}"
const expression = async function expression_loader(id: number): Promise<number> {
  return id;
};

class Service {
  // prettier-ignore
  // @zcache "private:{id}"
  async #hidden /* before ( */(id: number): Promise<number> {
    return id;
  }
  // @zcache "plain private:{id}"
  #plainHidden(id: number): Promise<number> {
    return Promise.resolve(id);
  }
  // prettier-ignore
  // @zcache "static private:{id}"
  static async /* first */ #fixedHidden(id: number): Promise<number> {
    return id;
  }
  get hidden(): unknown[] {
    return [this.#hidden, this.#plainHidden, Service.#fixedHidden];
  }
}

// prettier-ignore
// @zcache "default:{id}"
export default async function /* no name ( */ (id: number): Promise<number> {
  return id;
}

function namesOf(f: unknown): unknown {
  const { name } = f as AnyFunction;
  return [name, String(f).replaceAll(/\s+/g, " ")];
}

export async function answersOf(own: { readonly default: unknown }): Promise<object> {
  const functions = [
    ...[commented, twoComments, line, accentué, numbered_loader_1, expression],
    ...new Service().hidden,
  ];
  const before = functions.map(namesOf);
  for (const f of functions) await (f as AnyFunction).call(new Service(), 1);
  return { before, after: functions.map(namesOf), default: (own.default as AnyFunction).name };
}
