// expect: unkeyable-value@2:26
// @zcache key: "advice:{error}"
export async function adviceOn(error: Error): Promise<string> {
  return error.message;
}
