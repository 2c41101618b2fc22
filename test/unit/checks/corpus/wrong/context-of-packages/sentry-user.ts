// expect: caller-context@4:4
import * as Sentry from "@sentry/node";

// @zcache
export async function load(id: number): Promise<string> {
  return String(Sentry.getCurrentScope().getUser()?.id) + id;
}
