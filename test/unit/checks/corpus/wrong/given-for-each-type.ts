// expect: incomplete-key@7:6
// Nothing here makes one, but whoever does makes one for each type.
/** A library's. */
export class Source<T> {
  constructor(private readonly load: (id: number) => Promise<T>) {}

  // @zcache
  async find(id: number): Promise<T> {
    return this.load(id);
  }
}
