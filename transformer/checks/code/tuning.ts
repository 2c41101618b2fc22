import type ts from "typescript";
import { type CheckContext } from "../../plan/check-context";

/**
 * Whether the value only tunes the call. Timeouts and numbers of retries change when there is a
 * result, and hardly ever which result. That is not a reason to stop a build.
 */
export function isTuning(value: string): boolean {
  const name = value.split(".").pop() ?? "";
  return (
    /timeout|retry|retries|attempts|interval|backoff|deadline|frequency|concurrency|poolSize|cacheSize|keepAlive|verbose|debug|logLevel|silent/i.test(
      name,
    ) || /(?:^|_)ttl|Ttl|TTL/.test(name)
  );
}

const replicas = new Set(
  "leader follower master slave primary secondary standby replica reader writer".split(" "),
);

/** Recognises `"master" | "slave"`: which copy of the data is asked. */
export function isReplica({ checker }: CheckContext, type: ts.Type): boolean {
  const present = checker.getNonNullableType(type);
  return (
    present.isUnion() &&
    present.types.every((member) => member.isStringLiteral() && replicas.has(member.value))
  );
}
