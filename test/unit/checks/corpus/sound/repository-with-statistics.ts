declare const db: { get(...values: unknown[]): Promise<string> };

export class Users {
  private hits = 0;
  private readonly inFlight = new Map<number, Promise<string>>();
  private timer: NodeJS.Timeout | undefined;

  // @zcache ttl: 1m
  async user(id: number): Promise<string> {
    this.hits++;
    clearTimeout(this.timer);
    const known = this.inFlight.get(id);
    if (known) return known;
    const loading = db.get(id).finally(() => this.inFlight.delete(id));
    this.inFlight.set(id, loading);
    return loading;
  }
}
