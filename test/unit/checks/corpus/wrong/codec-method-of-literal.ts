// expect: unfaithful-codec@2:4
// @zcache ttl: 10m
export async function page(n: number) {
  return {
    items: [n],
    next() {
      return page(n + 1);
    },
  };
}
