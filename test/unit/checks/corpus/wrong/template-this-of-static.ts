// expect: unknown-property@7:35
// A static method's `this` is the class, not an instance.
export class Settings {
  static readonly region: string = "eu";
  readonly locale = "nl";

  // @zcache key: "settings:{this.locale}:{name}"
  static async read(name: string): Promise<string> {
    return this.region + name;
  }
}
