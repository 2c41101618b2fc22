// expect: incomplete-key@11:6
declare const db: { all(ids: readonly number[]): Promise<string> };

export class Selection {
  constructor(private readonly ids: readonly number[]) {}

  *[Symbol.iterator](): Iterator<number> {
    yield* this.ids;
  }

  // @zcache
  async rows(): Promise<string> {
    return db.all([...this]);
  }
}
export const selections = [new Selection([1]), new Selection([2])];
