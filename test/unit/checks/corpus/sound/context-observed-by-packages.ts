import { context, trace } from "@opentelemetry/api";
import * as Sentry from "@sentry/node";

// @zcache
export async function load(id: number): Promise<string> {
  Sentry.getCurrentScope().setTag("account", String(id));
  trace.getSpan(context.active())?.setAttribute("account", id);
  return `account ${id}`;
}
