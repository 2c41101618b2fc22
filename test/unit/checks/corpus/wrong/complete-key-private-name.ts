// expect: incomplete-key@9:19
export class Files {
  readonly #bucket: string;

  constructor(bucket: string) {
    this.#bucket = bucket;
  }

  // @zcache key: "size:{name}"
  async size(name: string): Promise<number> {
    const response = await fetch(`https://files.test/${this.#bucket}/${name}`);
    return Number(response.headers.get("content-length"));
  }
}
