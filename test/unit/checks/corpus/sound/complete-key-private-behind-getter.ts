export class Files {
  readonly #bucket: string;

  constructor(bucket: string) {
    this.#bucket = bucket;
  }

  get bucket(): string {
    return this.#bucket;
  }

  // @zcache key: "etag:{this.bucket}:{name}"
  async etag(name: string): Promise<string | null> {
    return (await fetch(`https://files.test/${this.#bucket}/${name}`)).headers.get("etag");
  }
}
