// expect: unkeyable-value@2:26
// @zcache key: "report:{day.getTime}"
export async function report(day: Date): Promise<number> {
  return day.getTime();
}
