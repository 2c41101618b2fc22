// expect: incomplete-key@8:17
declare const db: { one(...parts: readonly unknown[]): Promise<string> };
interface Options {
  readonly includeDrafts?: boolean;
  readonly role?: string;
}

// @zcache key: "post:{id}:{options.includeDrafts}"
export async function post(id: number, options: Options = {}): Promise<string> {
  const { includeDrafts = false, role = "guest" } = options;
  return db.one(id, includeDrafts, role);
}
