/** The project of the matrix: what a user would write, for compilers from 5.5 to 6.0. */

const plugin = { name: "zcache", transform: "zcache/transformer", transformProgram: true };
const compilerOptions = {
  rootDir: "src",
  outDir: "out",
  target: "es2022",
  module: "nodenext",
  types: ["node"],
  strict: true,
  plugins: [plugin],
};

const main = `import { configure, idle, invalidateTag, MemoryBackend, RedisBackend } from "zcache";
import { Redis } from "ioredis";

interface User {
  id: number;
  call: number;
}

let calls = 0;

// @zcache ttl: 10m, tags: ["user:{id}"]
export async function load(id: number): Promise<User> {
  return { id, call: ++calls };
}

export class Users {
  readonly #greeting = "hello";

  // @zcache
  async greet(name: string, times = 1): Promise<string> {
    return \`\${this.#greeting} \${name} \${times} \${++calls}\`;
  }
}

// @zcache batch, key: "all:{id}"
export const all = async (...ids: number[]): Promise<(User | null)[]> => {
  calls++;
  return ids.map((id) => (id > 9 ? null : { id, call: calls }));
};

async function main(): Promise<void> {
  const { REDIS_URL, REDIS_PREFIX } = process.env;
  const redis = REDIS_URL ? new Redis(REDIS_URL, { keyPrefix: REDIS_PREFIX ?? "" }) : null;
  const stored: string[] = [];
  configure({
    backend: redis ? new RedisBackend(redis) : new MemoryBackend(),
    deadline: "5s",
    onEvent: (event) => {
      if (event.type === "store") stored.push(event.key);
      if (event.type === "fault" || event.type === "unusable") throw event.error;
    },
  });

  const users = new Users();
  const values: unknown[] = [await load(5), await load(5), await users.greet("you"), await users.greet("you", 1)];
  values.push(await all(1, 12, 2), await all(2, 3, 1));
  await invalidateTag("user:5");
  values.push(await load(5), await load.refresh(5), await load(5), await load.nocache(5));
  await users.greet.invalidate("you");
  values.push(await users.greet("you"));
  await idle();

  const json = redis ? await redis.get("all:1") : null;
  const ttls = redis ? await Promise.all(stored.map((key) => redis.pttl(key))) : [];
  console.log(JSON.stringify({ values, stored, json, expire: ttls.every((ttl) => ttl > 0) }));
  await redis?.quit();
}

void main();
`;

const broken = `// @zcache tll: 10m
export async function misspelt(id: number): Promise<number> {
  return id;
}

// @zcache key: "user:{uid}"
export async function unknown(id: number): Promise<number> {
  return id;
}
`;

export const brokenDiagnostics = [
  'src/broken.ts(1,12): error TS990202: Unknown option "tll". Did you mean "ttl"? [zcache/unknown-option]',
  'src/broken.ts(6,24): error TS990101: {uid} in key "user:{uid}" is not a parameter of unknown. Did you mean {id}? [zcache/unknown-placeholder]',
];

export function createFiles(type) {
  // Checking the declarations too takes three times as long, so it is done once.
  const skipLibCheck = (files) => type === "module" || !files.includes("src/main.ts");
  const config = (files) =>
    JSON.stringify({
      compilerOptions: { ...compilerOptions, skipLibCheck: skipLibCheck(files) },
      files,
    });
  return [
    ["package.json", JSON.stringify({ name: "@smoke/users", type })],
    ["tsconfig.json", config(["src/main.ts"])],
    ["tsconfig.broken.json", config(["src/broken.ts"])],
    ["src/main.ts", main],
    ["src/broken.ts", broken],
  ];
}

/** Returns what the program prints on a backend. */
export function expected(backend) {
  const one = (id, call) => ({ id, call });
  return {
    values: [
      ...[one(5, 1), one(5, 1), "hello you 1 2", "hello you 1 2"],
      ...[
        [one(1, 3), null, one(2, 3)],
        [one(2, 3), one(3, 4), one(1, 3)],
      ],
      ...[one(5, 5), one(5, 6), one(5, 6), one(5, 7)],
      "hello you 1 8",
    ],
    stored: [
      ...[
        "@smoke.users.main.load|5",
        "@smoke.users.main.Users.greet|you-1",
        "all:1",
        "all:12",
        "all:2",
        "all:3",
      ],
      ...[
        "@smoke.users.main.load|5",
        "@smoke.users.main.load|5",
        "@smoke.users.main.Users.greet|you-1",
      ],
    ],
    json: backend === "redis" ? '{"id":1,"call":3}' : null,
    expire: true,
  };
}
