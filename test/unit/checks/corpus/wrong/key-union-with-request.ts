// expect: unkeyable-value@3:4
// Whoever passes a Request gets an error at run time.
// @zcache ttl: 1m
export async function fetchText(input: string | Request): Promise<string> {
  return (await fetch(input)).text();
}
