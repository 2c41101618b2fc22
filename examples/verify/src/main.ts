import { setTimeout } from "node:timers/promises";
import { configure, stats, subscribe, type DivergedEvent } from "zcache";
import { database } from "./database.js";
import { book, price, report, titleFromReplica, updatePrice, updateTitle } from "./mistakes.js";

/** A program in production leaves the lag at its five seconds. */
configure({ verify: { share: "20%", lag: "200ms" } });

/** This many verified hits of a function must be enough. */
const mostSamples = 5;

const seen = new Map<string, { readonly event: DivergedEvent; readonly samples: number }>();
subscribe((event) => {
  if (event.type !== "diverged" || seen.has(event.name)) return;
  // A hit of a function that differs from itself says nothing about what is stored, and isn't
  // counted.
  const uncounted = event.verdict === "nondeterministic" ? 1 : 0;
  seen.set(event.name, {
    event,
    samples: (stats().functions[event.name]?.verified ?? 0) + uncounted,
  });
});

/** Calls the function, as callers do, until a report comes. */
async function callUntilReported(
  name: string,
  call: (i: number) => Promise<unknown>,
): Promise<void> {
  for (let i = 0; i < 2_000 && !seen.has(name); i++) {
    await call(i);
    await setTimeout(5);
  }
}

async function main(): Promise<void> {
  for (let id = 1; id <= 4; id++) database.write({ id, title: `Book ${id}`, priceCents: 1_000 });
  database.replicate();

  await book(1);
  await updatePrice(1, 1_500);
  await callUntilReported("verify.mistakes.book", () => book(1));

  await callUntilReported("verify.mistakes.price", (i) => price(2, i % 3 === 0 ? "USD" : "EUR"));

  await callUntilReported("verify.mistakes.report", () => report(3));

  await titleFromReplica(4);
  await updateTitle(4, "Another title");
  await titleFromReplica(4);
  database.replicate();
  await callUntilReported("verify.mistakes.titleFromReplica", () => titleFromReplica(4));

  const expected = [
    ["verify.mistakes.book", "no-invalidation", ".priceCents"],
    ["verify.mistakes.price", "incomplete-key", ""],
    ["verify.mistakes.report", "nondeterministic", ".at"],
    ["verify.mistakes.titleFromReplica", "lagging-source", ""],
  ] as const;
  for (const [name, verdict, path] of expected) {
    const { event, samples } = seen.get(name) ?? {};
    const isRight =
      event?.verdict === verdict && event.path === path && (samples ?? Infinity) <= mostSamples;
    console.log(
      `${isRight ? "✓" : "✗"} ${name}: ${event?.verdict ?? "no report"}, by sample ${samples ?? "–"}`,
    );
    console.log(`    ${event?.message ?? ""}`);
    if (!isRight) process.exitCode = 1;
  }
}

void main();
