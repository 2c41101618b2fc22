// expect: hint near-miss@2:4, hint near-miss@7:5, hint near-miss@12:9, hint near-miss@17:15, hint near-miss@23:6, hint near-miss@29:24, hint near-miss@35:4, hint near-miss@40:4, hint near-miss@45:4, hint near-miss@50:4
// @zcahe ttl: 5m
export async function misspelt(id: number): Promise<number> {
  return id;
}

/** @Zcache */
export async function capital(id: number): Promise<number> {
  return id;
}

// TODO @zcache
export async function planned(id: number): Promise<number> {
  return id;
}

// FIXME: put @zcache ttl: 5m here
export const arrow = async (id: number): Promise<number> => id;

export class Service {
  /**
   * Loads.
   * @cache ttl: 5m, tags: ["user:{id}"]
   */
  async load(id: number): Promise<number> {
    return id;
  }

  /** See the wiki for @zcache ttl: 5m */
  async find(id: number): Promise<number> {
    return id;
  }
}

// zcache ttl: 5m
export async function withoutItsSign(id: number): Promise<number> {
  return id;
}

// @ zcache
export async function apart(id: number): Promise<number> {
  return id;
}

// #zcache, ttl: 5m
export async function anotherSign(id: number): Promise<number> {
  return id;
}

// @zcache-ttl: 5m
export async function hyphenated(id: number): Promise<number> {
  return id;
}
