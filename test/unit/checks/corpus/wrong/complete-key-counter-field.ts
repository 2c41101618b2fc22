// expect: hint changing-field@5:6
export class A {
  extra = 0;

  // @zcache
  async add(a: number, b: number): Promise<number> {
    this.extra += 1;
    return a + b + this.extra;
  }
}
