// expect: incomplete-key@5:19
export function createStore(bucket: string) {
  const urlOf = (name: string) => `https://files.test/${bucket}/${name}`;

  // @zcache key: "etag:{name}"
  async function etag(name: string): Promise<string | null> {
    return (await fetch(urlOf(name))).headers.get("etag");
  }
  return { etag };
}
