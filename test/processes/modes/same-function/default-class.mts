/**
 * The default export is a class without a name. same-function.test.ts also compiles this file for
 * older targets, for which TypeScript moves what zcache adds out of the class.
 */
export default class {
  prefix = "own";

  // @zcache "default class:{id}"
  async load(id: number): Promise<string> {
    return `${this.prefix} ${id}`;
  }

  // @zcache "default class, static:{id}"
  static async find(id: number): Promise<string> {
    return `${this.name} ${id}`;
  }
}

interface DefaultClass {
  new (): { load: (id: number) => Promise<string> };
  find: (id: number) => Promise<string>;
}

export async function answersOf(own: { readonly default: DefaultClass }): Promise<object> {
  const Class = own.default;
  return {
    name: Object.getOwnPropertyDescriptor(Class, "name"),
    keys: Reflect.ownKeys(Class).map(String),
    results: [await new Class().load(1), await new Class().load(1), await Class.find(2)],
    names: [new Class().load.name, Class.find.name, new Class().constructor === Class],
  };
}
