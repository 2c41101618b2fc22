// expect: unshareable-result@5:4
const users = new Map([["ann", 1]]);

// An iterator, not a list.
// @zcache ttl: 10m
export async function names(prefix: string) {
  return prefix === "" ? users.keys() : new Map([[prefix, 1]]).keys();
}
