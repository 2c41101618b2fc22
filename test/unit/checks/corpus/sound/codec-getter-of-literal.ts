// JSON.stringify reads it: the value is stored.
// @zcache ttl: 10m
export async function size(text: string) {
  return {
    text,
    get length() {
      return text.length;
    },
  };
}
