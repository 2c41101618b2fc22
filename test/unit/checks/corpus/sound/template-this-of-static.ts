export class Settings {
  static readonly region: string = "eu";

  // @zcache key: "settings:{this.region}:{name}"
  static async read(name: string): Promise<string> {
    return this.region + name;
  }
}
