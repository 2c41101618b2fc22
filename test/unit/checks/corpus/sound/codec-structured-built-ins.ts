// @zcache codec: structured
export async function report(day: string): Promise<{
  day: Date;
  rows: Map<string, bigint>;
  tags: Set<string>;
  body: Buffer;
  error?: Error;
  pattern: RegExp;
  holes: (number | undefined)[];
}> {
  return {
    day: new Date(day),
    rows: new Map(),
    tags: new Set(),
    body: Buffer.alloc(1),
    pattern: /a/,
    holes: [undefined],
  };
}
