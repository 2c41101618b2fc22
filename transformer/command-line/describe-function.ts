import { defaultNullTtlMs, formatDuration } from "../../runtime/duration";
import { formatShare } from "../../runtime/share";
import { type ProjectTarget } from "../plan/check-context";
import { type LockedFunction } from "../lock/lock";
import { describeTtl } from "../directive/describe-ttl";
import { defaultInDirective } from "../directive/option-defaults";
import { optionRows } from "../directive/resolve-options";
import { printable } from "./printable";

/**
 * Describes the directive as it is carried out, with a row for each option. An option that the
 * directive leaves out has its default in parentheses.
 */
export function describeFunction(
  { options, plan }: ProjectTarget,
  locked: LockedFunction,
): [name: string, value: string][] {
  const unset = (value: string): string => `(${value})`;
  const { ttlMs, nullTtlMs, staleMs, staleIfErrorMs, early, jitter, verify, timeoutMs, memoryMs } =
    options;
  const { codec, cache } = options;
  const rows: ([string, string] | false)[] = [
    ["key", options.key ? locked.key : `${locked.key} (default)`],
    ["namespace", options.namespace ?? unset("none")],
    ["version", plan.version === null ? unset("none") : `auto, now ${plan.version}`],
    [
      "tags",
      options.tags.length === 0 ? unset("none") : options.tags.map((tag) => tag.text).join(", "),
    ],
    ["ttl", describeTtl(options) ?? unset(defaultInDirective(optionRows.ttl))],
    [
      "nullTtl",
      nullTtlMs === null
        ? unset(
            ttlMs === null
              ? "a tenth of the ttl, 1s to 5m"
              : formatDuration(defaultNullTtlMs(ttlMs)),
          )
        : formatDuration(nullTtlMs),
    ],
    staleMs !== null && ["stale", durationOrOff(staleMs)],
    staleIfErrorMs !== null && ["staleIfError", durationOrOff(staleIfErrorMs)],
    early !== null && ["early", early === 0 ? "off" : `by ${early} × the loader's time`],
    jitter !== null && ["jitter", jitter === 0 ? "off" : `${100 * jitter}%`],
    verify !== null && ["verify", verify === 0 ? "off" : `${formatShare(verify)} of its hits`],
    timeoutMs !== null && ["timeout", durationOrOff(timeoutMs)],
    memoryMs !== null && ["memory", durationOrOff(memoryMs)],
    options.share && ["share", "true"],
    ["when", options.when?.text ?? unset("always")],
    [
      "codec",
      codec ??
        unset(
          locked.codec === undefined
            ? defaultInDirective(optionRows.codec)
            : `${locked.codec}, configure's`,
        ),
    ],
    ["cache", cache ?? unset("the default one")],
    plan.batch !== null && [
      "batch",
      `ids as ${plan.batch.rest ? "rest arguments" : "an array"}, results as ${plan.batch.result === "map" ? "a Map" : "an array"}`,
    ],
    options.allow.length > 0 && ["allow", options.allow.join(", ")],
    ["fingerprint", `${locked.fingerprint}  ${shorten(locked.returns)}`],
  ];
  return rows.filter((row) => row !== false);
}

function durationOrOff(ms: number): string {
  return ms === 0 ? "off" : formatDuration(ms);
}

export function printRows(
  rows: readonly (readonly [name: string, value: string])[],
  indent = "  ",
): string {
  const width = Math.max(0, ...rows.map(([name]) => name.length));
  return rows
    .map(([name, value]) => `${indent}${name.padEnd(width)}  ${printable(value)}\n`)
    .join("");
}

function shorten(text: string): string {
  return text.length > 160 ? `${text.slice(0, 159)}…` : text;
}
