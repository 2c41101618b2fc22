/**
 * Classes without a name of their own, each in a place that gives them one or none. For older
 * targets compilers move what zcache adds out of the class. same-function.test.ts compiles this
 * file with zcache and without, and compares the answers.
 */

type Class = new () => object;

const assigned = class {
  // @zcache "assigned:{id}"
  async load(id: number): Promise<number> {
    return id;
  }
};
let later: Class | undefined;
later ??= class {
  // @zcache "later:{id}"
  async load(id: number): Promise<number> {
    return id;
  }
};
const {
  byDefault = class {
    // @zcache "by default:{id}"
    async load(id: number): Promise<number> {
      return id;
    }
  },
} = {} as { byDefault?: Class };
const computed = ["compu", "ted"].join("");
const literal = {
  property: class {
    // @zcache "property:{id}"
    static async load(id: number): Promise<number> {
      return id;
    }
    static seen = this.name;
  },
  [computed]: class {
    // @zcache "computed:{id}"
    static async load(id: number): Promise<number> {
      return id;
    }
  },
};
const list = [
  class {
    // @zcache "list:{id}"
    async load(id: number): Promise<number> {
      return id;
    }
  },
];
const holder: { member?: Class } = {};
holder.member = class {
  // @zcache "member:{id}"
  async load(id: number): Promise<number> {
    return id;
  }
};

function mixin(Base: Class): Class {
  return class extends Base {
    // @zcache "mixin:{id}"
    async load(id: number): Promise<number> {
      return id;
    }
  };
}

const Named = class Inner {
  // @zcache "named:{id}"
  async load(id: number): Promise<number> {
    return id;
  }
};

export async function answersOf(): Promise<unknown> {
  const classes = [
    ...[assigned, later, byDefault, literal.property, ...list, holder.member],
    ...[mixin(Object), mixin(class Base {}), Named],
  ];
  return {
    names: classes.map((one) => one?.name),
    computed: (literal[computed] as Class).name,
    seen: literal.property.seen,
    flags: Object.getOwnPropertyDescriptor(assigned, "name"),
    results: [await new assigned().load(1), await literal.property.load(2)],
  };
}
