/** This program has each shape that a target can have, with an option or two. */
export const usersSource = `
export interface User {
  readonly id: number;
  readonly name: string;
  readonly mail?: string;
}

export const loads: string[] = [];

// @zcache ttl: 10m, tags: ["user:{id}"]
export async function load(id: number): Promise<User> {
  loads.push("load");
  return { id, name: "user " + id };
}

function traced<This, Args extends unknown[], Result>(method: (this: This, ...args: Args) => Result, _: ClassMethodDecoratorContext) {
  return function (this: This, ...args: Args): Result {
    return method.apply(this, args);
  };
}

export class Users {
  readonly #prefix = "user";

  // @zcache
  async name(id: number, style = "plain"): Promise<string> {
    loads.push("name");
    return [this.#prefix, id, style].join(" ");
  }

  // @zcache ttl: 1m
  static async count(): Promise<number> {
    loads.push("count");
    return 2;
  }

  // @zcache
  async #hidden(id: number): Promise<number> {
    loads.push("hidden");
    return -id;
  }

  hidden(id: number): Promise<number> {
    return this.#hidden(id);
  }

  // @zcache
  @traced
  async decorated({ id, ...others }: User): Promise<string> {
    loads.push("decorated");
    return this.#prefix + id + Object.keys(others).join();
  }
}

// @zcache key: "arrow:{id}"
export const arrow = async (id: number): Promise<string> => {
  loads.push("arrow");
  return "arrow " + id;
};

export const api = {
  // @zcache
  async find(id: number): Promise<string> {
    loads.push("find");
    return "found " + id;
  },
};

// @zcache batch
export async function all(...ids: number[]): Promise<(User | null)[]> {
  loads.push("all " + ids.join());
  return ids.map((id) => (id > 9 ? null : { id, name: "user " + id }));
}
`;

/** Two of these directives can't be carried out, and one between them can. */
export const brokenSource = `let calls = 0;

// @zcache tll: 10m
export async function misspelt(id: number): Promise<number> {
  return id + calls++;
}

// @zcache ttl: 10m
export async function sound(id: number): Promise<number> {
  return id + calls++;
}

export class Accounts {
  /** @zcache key: "account:{uid}" */
  async account(id: number): Promise<number> {
    return id + calls++;
  }
}
`;

export const brokenDiagnostics = [
  'src/broken.ts(3,12): error TS990202: Unknown option "tll". Did you mean "ttl"? [zcache/unknown-option]',
  'src/broken.ts(14,30): error TS990101: {uid} in key "account:{uid}" is not a parameter of Accounts.account. Did you mean {id}? [zcache/unknown-placeholder]',
];

/** Calls all of it twice, and calls an operation in between. */
export const mainSource = `import { configure, idle, type CacheEvent } from "zcache";
import { all, api, arrow, load, loads, Users } from "./users.js";

const keys: string[] = [];
configure({ onEvent: (event: CacheEvent) => void (event.type === "store" && keys.push(event.key)) });

async function callAll(): Promise<unknown[]> {
  const users = new Users();
  const one = { id: 6, name: "six" };
  return [await load(5), await users.name(5), await Users.count(), await users.hidden(5), await users.decorated(one), await arrow(5), await api.find(5), await all(7, 8, 12)];
}

export async function main(): Promise<void> {
  const first = await callAll();
  await idle();
  const second = await callAll();
  const users = new Users();
  await users.name.invalidate(5);
  const renamed = await users.name.refresh(5, "bold");
  await users.name(5);
  await load.invalidateTag("user:5");
  await load(5);
  await idle();
  console.log(JSON.stringify({ first, same: JSON.stringify(first) === JSON.stringify(second), renamed, keys, loads }));
}
`;

/**
 * This source is run by itself. It ends with what became of the targets whose directives are
 * broken.
 */
export const entrySource = `import { Accounts, misspelt, sound } from "./broken.js";
import { main } from "./main.js";

void main().then(async () => {
  const accounts = new Accounts();
  const differences = [await sound(1), await misspelt(1), await accounts.account(1)];
  differences[0] -= await sound(1);
  differences[1] -= await misspelt(1);
  differences[2] -= await accounts.account(1);
  console.log(JSON.stringify({ sound: differences[0] === 0, misspelt: differences[1] === 0, account: differences[2] === 0 }));
});
`;

const user = (id: number): { id: number; name: string } => ({ id, name: `user ${id}` });

/** `main` prints this whatever the compiler's options are. */
export const expectedMain = {
  first: [
    user(5),
    "user 5 plain",
    2,
    -5,
    "user6name",
    "arrow 5",
    "found 5",
    [user(7), user(8), null],
  ],
  same: true,
  renamed: "user 5 bold",
  keys: [
    "shop.users.load|5",
    "shop.users.Users.name|5-plain",
    "shop.users.Users.count|",
    "shop.users.Users.#hidden|5",
    "shop.users.Users.decorated|{id:6,name:six}",
    "arrow:5",
    "shop.users.api.find|5",
    "shop.users.all|7",
    "shop.users.all|8",
    "shop.users.all|12",
    "shop.users.Users.name|5-bold",
    "shop.users.Users.name|5-plain",
    "shop.users.load|5",
  ],
  loads: [
    "load",
    "name",
    "count",
    "hidden",
    "decorated",
    "arrow",
    "find",
    "all 7,8,12",
    "name",
    "name",
    "load",
  ],
};

/** What the entry adds to it: only the function with the sound directive is cached. */
export const expectedEntry = { sound: true, misspelt: false, account: false };

/** Parses what was printed, which is JSON and beside it whatever went wrong. */
export function parsePrinted(output: string): unknown[] {
  const lines = output.trim().split("\n");
  return lines.map((line) => (line.startsWith("{") ? (JSON.parse(line) as unknown) : line));
}
