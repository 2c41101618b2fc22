// There is one of it, with one name: nobody to share an entry with.
enum Region {
  Here,
  There,
}

class Directory {
  constructor(
    private readonly base: string,
    private readonly region: Region,
  ) {}

  // @zcache
  async entry(name: string): Promise<string> {
    return (await fetch(`${this.base}/${this.region}/${name}`)).text();
  }
}

export const directory = new Directory("https://directory.test", Region.Here);
