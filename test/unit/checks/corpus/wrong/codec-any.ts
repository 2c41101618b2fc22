// expect: hint unknown-result@3:4
// JSON.parse is any, and so is what the function returns.
// @zcache ttl: 10m
export async function config(text: string) {
  return JSON.parse(text);
}
