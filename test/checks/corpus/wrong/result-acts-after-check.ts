// expect: nothing-to-cache@13:4, nothing-to-cache@19:4, nothing-to-cache@25:4, nothing-to-cache@30:4, nothing-to-cache@36:4, nothing-to-cache@42:4, nothing-to-cache@58:6, nothing-to-cache@64:4
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
export async function remove(id: number): Promise<void> {
  const count = await db.delete(id);
  if (count === 0) throw new Error(`no user ${id}`);
}

// @zcache
export async function mark(id: number): Promise<void> {
  await requireUser(id);
  await db.mark(id);
}

// @zcache
export async function suspend(id: number): Promise<void> {
  if (await db.exists(id)) return db.mark(id);
  throw new Error(`no user ${id}`);
}
// @zcache
export async function notYet(id: number): Promise<void> {
  throw new Error(`not implemented: ${id}`);
}

const seen = new Set<number>();
// @zcache
export async function visit(id: number): Promise<void> {
  await requireUser(id);
  seen.add(id);
}

// @zcache
export async function stop(id: number): Promise<void> {
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
  async trigger(job: string): Promise<void> {
    return this.provider.trigger(job);
  }
}

// @zcache
export async function redeem(token: string): Promise<void> {
  const response = await fetch("https://tokens.test", { method: "POST", body: token });
  if (!response.ok) throw new Error("no such token");
}
