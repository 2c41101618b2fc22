import {
  checkOption,
  checkOptions,
  isName,
  resolveCount,
  resolveDuration,
  show,
} from "../check-options";
import { ConfigError } from "../errors";
import { type OptionRow, optionsAt, withDefaults } from "../options";
import { parseShare } from "../share";

/**
 * How hits are verified, if `verify` is an object and not only a share. Every option may be left
 * out.
 */
export interface VerifyOptions {
  /**
   * The share of hits that is verified for functions whose directive names none: `"0.1%"`, or a
   * number from 0 to 1.
   * @defaultValue 0: none
   */
  share?: string | number;
  /**
   * How long invalidations and replicas may take. A difference counts only if it still exists after
   * this time.
   * @defaultValue "5s"
   */
  lag?: string;
  /**
   * How many loaders may run at once to verify hits.
   * @defaultValue 2
   */
  mostAtOnce?: number;
  /**
   * After the first 100 loads, verification runs at most this share of the number of loaders that
   * callers have waited for.
   * @defaultValue "10%"
   */
  shareOfLoads?: string | number;
  /**
   * A function whose loader takes this long is not verified for a minute.
   * @defaultValue "1s"
   */
  slow?: string;
  /**
   * The path of the lock file, which has the places that a report names.
   * @defaultValue zcache.lock.json in the folder in which the process was started
   */
  lock?: string;
}

/** The options after `configure` has resolved them. */
export interface VerifySettings {
  readonly share: number;
  readonly lagMs: number;
  readonly mostAtOnce: number;
  readonly shareOfLoads: number;
  readonly slowMs: number;
  readonly lock: string;
}

/** An option without a row in the table does not compile. */
const rows: Readonly<Record<keyof VerifyOptions, OptionRow>> = optionsAt("configure.verify");

/** @throws ConfigError */
export function resolveVerify(given: string | number | VerifyOptions | undefined): VerifySettings {
  const options: VerifyOptions =
    given === undefined ? {} : isObject(given) ? given : { share: given };
  checkOptions("configure.verify", rows, options);
  const chosen = withDefaults("configure.verify", options);
  return {
    share: resolveShare("verify", options.share) ?? 0,
    lagMs: resolveDuration("verify.lag", chosen.lag),
    mostAtOnce: resolveCount("verify.mostAtOnce", chosen.mostAtOnce),
    shareOfLoads: resolveShareOfLoads(chosen.shareOfLoads),
    slowMs: resolveDuration("verify.slow", chosen.slow),
    lock: checkOption("verify.lock", chosen.lock, isName, "must be the path of a file"),
  };
}

function isObject(given: string | number | VerifyOptions): given is VerifyOptions {
  return typeof given === "object" && given !== null;
}

/** Returns a share, which may be above 1 so that tests verify more hits than there are loads. */
function resolveShareOfLoads(given: string | number): number {
  if (typeof given === "number" && given > 1) return given;
  return resolveShare("verify.shareOfLoads", given);
}

/** Returns a number from 0 to 1, or null if the option is left out. */
export function resolveShare(name: string, given: string | number): number;
export function resolveShare(name: string, given: string | number | undefined): number | null;
export function resolveShare(name: string, given: string | number | undefined): number | null {
  if (given === undefined) return null;
  const share = typeof given === "string" ? parseShare(given) : given;
  if (typeof share === "number" && share >= 0 && share <= 1) return share;
  throw new ConfigError(
    `"${name}" must be a share such as "0.1%", or a number from 0 to 1, but got: ${show(given)}.`,
  );
}
