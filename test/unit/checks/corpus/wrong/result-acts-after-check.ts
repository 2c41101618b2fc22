// expect: nothing-to-cache@13:4, nothing-to-cache@19:4, nothing-to-cache@25:4, nothing-to-cache@30:4, nothing-to-cache@36:4, nothing-to-cache@42:4, nothing-to-cache@58:6, nothing-to-cache@64:4, nothing-to-cache@73:4, nothing-to-cache@78:4, nothing-to-cache@85:4
// They look before they act, and act all the same.
declare const db: {
  exists(id: number): Promise<boolean>;
  delete(id: number): Promise<number>;
  mark(id: number): Promise<void>;
};

async function requireUser(id: number): Promise<void> {
  if (!(await db.exists(id))) throw new Error(`no user ${id}`);
}

// @zcache
export async function ensureRemoved(id: number): Promise<void> {
  const count = await db.delete(id);
  if (count === 0) throw new Error(`no user ${id}`);
}

// @zcache
export async function checkAndMark(id: number): Promise<void> {
  await requireUser(id);
  await db.mark(id);
}

// @zcache
export async function ensureSuspended(id: number): Promise<void> {
  if (await db.exists(id)) return db.mark(id);
  throw new Error(`no user ${id}`);
}
// @zcache
export async function requireNothing(id: number): Promise<void> {
  throw new Error(`not implemented: ${id}`);
}

const seen = new Set<number>();
// @zcache
export async function verifyVisit(id: number): Promise<void> {
  await requireUser(id);
  seen.add(id);
}

// @zcache
export async function checkAndStop(id: number): Promise<void> {
  const count = await db.exists(id);
  if (count) console.log(count);
  process.exit(0);
}

abstract class Provider {
  async trigger(job: string): Promise<void> {
    throw new Error(`no jobs such as ${job}`);
  }
}

export class Jobs {
  constructor(private readonly provider: Provider) {}

  // @zcache
  async requireTriggered(job: string): Promise<void> {
    return this.provider.trigger(job);
  }
}

// @zcache
export async function verifyToken(token: string): Promise<void> {
  const response = await fetch("https://tokens.test", { method: "POST", body: token });
  if (!response.ok) throw new Error("no such token");
}

declare const pool: { query(sql: string): Promise<{ rowCount: number }> };
declare const limiter: { check(key: string): Promise<boolean> };
declare const orders: { moveTo(id: number, state: string): Promise<string | null> };
// @zcache
export async function ensureGone(id: number): Promise<void> {
  if ((await pool.query(`delete from users where id = ${id}`)).rowCount === 0) throw new Error("no such user");
}

// @zcache
export async function assertFew(ip: string): Promise<void> {
  // The asking itself is counted.
  if (!(await limiter.check(ip))) throw new Error("too many");
}

// What moveTo does its name does not say; but neither does that of the function say that it only looks.
// @zcache
export async function ship(id: number): Promise<void> {
  const problem = await orders.moveTo(id, "shipped");
  if (problem !== null) throw new Error(problem);
}
