// @zcache ttl: 10m
export const summary = async (name: string) => ({
  name,
  words: name.split(" "),
  nested: { ok: true as const, none: null },
});
