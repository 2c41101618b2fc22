/** The project that every host builds, and its variants with mistakes. */

export const files = {
  "src/service.ts": `import { configure, invalidateTag, keysOf } from "zcache";

configure({});
export let loads = 0;

// @zcache ttl: 10m, tags: ["user:{id}"]
export async function load(id: number): Promise<{ id: number; load: number }> {
  loads++;
  return { id, load: loads };
}

export class Shop {
  tenant = "a";

  // @zcache key: "price:{this.tenant}:{id}"
  async price(id: number): Promise<string> {
    loads++;
    return \`\${this.tenant} \${id}\`;
  }
}

// @zcache
export const fail = async (wanted: boolean): Promise<string> => {
  if (wanted) throw new Error("here");
  return "nothing";
};

// @zcache
export async function nobodyCallsThis(id: number): Promise<number> {
  return id;
}

export async function run(): Promise<unknown> {
  const shop = new Shop();
  const first = [await load(5), await load(5), await shop.price(1), await shop.price(1)];
  await invalidateTag("user:5");
  const again = await load(5);
  await shop.price.invalidate(1);
  await shop.price.refresh(1);
  return { first, again, loads, keys: [...keysOf(load, 5), ...keysOf(shop.price.bind(shop), 1)] };
}
`,
  "src/calls-only.ts": `import { Shop } from "./service";

/** A file without a directive, which calls an operation. */
export async function reprice(): Promise<string> {
  return new Shop().price.refresh(2);
}
`,
  "src/main.ts": `import { reprice } from "./calls-only";
import { fail, run } from "./service";

async function main(): Promise<void> {
  const result = (await run()) as object;
  const where = await fail(true).catch((error: Error) => (error.stack as string).split("\\n")[1]);
  console.log("RESULT " + JSON.stringify({ ...result, repriced: await reprice(), where }));
}

void main();
`,
};

export const expected = {
  first: [{ id: 5, load: 1 }, { id: 5, load: 1 }, "a 1", "a 1"],
  again: { id: 5, load: 3 },
  loads: 4,
  keys: ["v2:shop.service.load|5", "v2:price:a:1"],
  repriced: "a 2",
};

/** Two mistakes, each of which has to be shown with its place. */
export const broken = {
  "src/broken.ts": `// @zcache ttl: 10 minutes
export async function first(id: number): Promise<number> {
  return id;
}

// @zcache key: "x:{nobody}"
export async function second(id: number): Promise<number> {
  return id;
}
`,
};

export const brokenPlaces = [
  /broken\.ts\W+1:\d+|broken\.ts:1\b|broken\.ts\(1,|1 \|/,
  /6:\d+|\(6,\d+\)|6 \|/,
];

/** This looks correct. Only the types and the body show that one tenant gets another's value. */
export const leaking = {
  "src/leaking.ts": `export class Leaking {
  constructor(private readonly tenant: string) {}

  // @zcache key: "bill:{id}"
  async bill(id: number): Promise<string> {
    return this.tenant + id;
  }
}
`,
};

export const tsconfig = {
  extends: "./tsconfig.base.json",
  compilerOptions: { outDir: "out", rootDir: "src", sourceMap: true },
  include: ["src"],
};

/** The entry is where it is easily missed, in the file that the tsconfig extends. */
export const baseTsconfig = {
  compilerOptions: {
    target: "es2022",
    module: "esnext",
    moduleResolution: "bundler",
    strict: true,
    skipLibCheck: true,
    types: ["node"],
    plugins: [
      { name: "zcache", transform: "zcache/transformer", transformProgram: true, namespace: "v2" },
    ],
  },
};

/** The next edit of a developer, after which the body returns something else. */
export function edited(service, more) {
  return service.replace("return { id, load: loads };", `return { id, load: loads + ${more} };`);
}

/** The edit after that, which makes a mistake in a directive. */
export function mistaken(service) {
  return service.replace("ttl: 10m", "ttl: 10 minutes");
}
