// expect: caller-context@4:4
import { getLocale } from "next-intl/server";

// @zcache
export async function load(id: number): Promise<string> {
  return `${await getLocale()}:${id}`;
}
