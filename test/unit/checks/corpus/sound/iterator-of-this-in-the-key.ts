declare const db: { all(ids: readonly number[]): Promise<string> };

export class Selection {
  constructor(private readonly ids: readonly number[]) {}

  *[Symbol.iterator](): Iterator<number> {
    yield* this.ids;
  }

  // @zcache key: "rows:{this.ids}"
  async rows(): Promise<string> {
    return db.all([...this]);
  }
}
export const selections = [new Selection([1]), new Selection([2])];
