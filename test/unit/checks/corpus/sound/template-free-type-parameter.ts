// @zcache key: "echo:{value}"
export async function echo<T>(value: T): Promise<T> {
  return value;
}
