// expect: incomplete-key@4:17
declare const db: { all(...parts: readonly unknown[]): Promise<string> };

// @zcache key: "report:{year}"
export async function report(year: number, ...sections: readonly string[]): Promise<string> {
  return db.all(year, sections);
}
