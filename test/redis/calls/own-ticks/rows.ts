import { cacheNamed, configure, type Options } from "../../../../runtime/cache/configure";
import { textOf } from "./misdeeds";
import { use } from "./uses";

/** Only rows with this text in their names run. */
const pattern = process.argv[4] ?? "";

const escaped: string[] = [];
for (const event of ["uncaughtException", "unhandledRejection"] as const)
  process.on(event, (thrown: unknown) => escaped.push(`${event}: ${textOf(thrown)}`));
process.on("warning", () => {});

export interface Setting extends Options {
  readonly end?: () => void;
}

let rows = 0;

/** Runs a case in a cache of its own, and prints what came of it. */
export async function row(
  name: string,
  set: () => Setting | Promise<Setting>,
  uses: Uses = use,
): Promise<void> {
  if (!name.includes(pattern)) return;
  escaped.length = 0;
  let wrong: string[];
  let end: (() => void) | undefined;
  try {
    const { end: own, ...options } = await set();
    end = own;
    const cache = `cache ${++rows}`;
    configure(cache, {
      namespace: cache,
      jitter: 0.05,
      breakerFailures: 1_000_000,
      deadline: "100ms",
      ...options,
    });
    wrong = await Promise.race([uses(cache), hung()]);
    await Promise.race([cacheNamed(cache).idle(), hung().then((text) => wrong.push(...text))]);
  } catch (thrown) {
    wrong = [textOf(thrown)];
  }
  try {
    end?.();
  } catch {
    // The client that throws is the row's own.
  }
  for (let turns = 0; turns < 5; turns++) await new Promise((resolve) => setImmediate(resolve));
  console.log(JSON.stringify({ name, wrong, escaped }));
}

const hung = (): Promise<string[]> =>
  new Promise((resolve) => setTimeout(resolve, 30_000, ["it hangs"]).unref?.());

type Uses = (cache: string) => Promise<string[]>;
