import type ts from "typescript";
import { type ProjectTarget } from "../plan/check-context";
import { type TargetPlan } from "../plan/create-plan";
import { describeTtl } from "../directive/describe-ttl";
import { fingerprintOf } from "../plan/fingerprint";
import { type PluginOptions } from "../context/plugin-options";
import { toldCodec } from "../directive/resolve-options";

/**
 * The content of zcache.lock.json for one cached function. Settings that are left to `configure`
 * are not in it.
 */
export interface LockedFunction {
  /** The path relative to the tsconfig. */
  readonly file: string;
  /** `UserService.get`, and `module.UserService.get`. */
  readonly function: string;
  readonly name: string;
  /** The key without namespace and version: the directive's template, or the default one. */
  readonly key: string;
  readonly parameters: readonly string[];
  readonly namespace?: string;
  /** Only keys that carry the fingerprint have it. */
  readonly version?: "auto";
  readonly tags?: readonly string[];
  readonly ttl?: string;
  readonly codec?: string;
  readonly cache?: string;
  readonly batch?: true;
  /**
   * Where the program invalidates its entries: `src/users.ts rename`. Reports of stale hits name
   * them.
   */
  readonly invalidatedIn?: readonly string[];
  readonly fingerprint: string;
  /** The structure behind the fingerprint. */
  readonly returns: string;
}

/** A function of the source as it is locked, with what messages need besides. */
export interface SourceFunction {
  readonly locked: LockedFunction;
  /**
   * The name of the stored record, if it has one. It is not in the lock, because it may be renamed.
   */
  readonly typeName: string | null;
}

export interface Lock {
  /** The version of the file's format. */
  readonly version: 1;
  readonly functions: readonly LockedFunction[];
}

export const lockFileName = "zcache.lock.json";

/** Thrown for a lock that can't be read. The message says why and what to do. */
export class LockError extends Error {}

/** Creates the lock of a program's targets. Its order and text depend on the source alone. */
export function createLock(functions: readonly LockedFunction[]): Lock {
  const sortKey = ({ name, file, key }: LockedFunction): string => [name, file, key].join("\0");
  const sorted = functions.toSorted((a, b) =>
    sortKey(a) < sortKey(b) ? -1 : sortKey(a) > sortKey(b) ? 1 : 0,
  );
  return { version: 1, functions: sorted };
}

/** @param file the target's file, relative to the tsconfig */
export function lockFunction(
  compiler: typeof ts,
  program: ts.Program,
  { target, plan, options }: ProjectTarget,
  file: string,
  plugin: PluginOptions,
  invalidatedIn: readonly string[] = [],
): SourceFunction {
  const codec = toldCodec(options, plugin);
  const ttl = describeTtl(options);
  const { hash, text, typeName } = fingerprintOf(
    compiler,
    program,
    target.node,
    plan.batch !== null,
  );
  const locked: LockedFunction = {
    file,
    function: [...target.containers, target.name ?? "anonymous"].join("."),
    name: plan.name,
    key: options.key?.text ?? defaultKeyText(plan),
    parameters: plan.parameters.map(({ local, pattern }) => pattern?.text ?? local),
    ...(options.namespace !== null && { namespace: options.namespace }),
    ...(plan.version !== null && { version: "auto" as const }),
    ...(options.tags.length > 0 && { tags: options.tags.map((tag) => tag.text) }),
    ...(ttl !== null && { ttl }),
    ...(codec !== null && { codec }),
    ...(options.cache !== null && { cache: options.cache }),
    ...(plan.batch && { batch: true as const }),
    ...(invalidatedIn.length > 0 && { invalidatedIn }),
    fingerprint: hash,
    returns: text,
  };
  return { locked, typeName };
}

/**
 * Writes `shop.user.load|{id}-{lang}`. As a template it would make the same keys, except for UUIDs
 * before a hyphen.
 */
function defaultKeyText({ name, key }: TargetPlan): string {
  return `${name}|${key.expressions.map((expression) => `{${expression}}`).join("-")}`;
}

export function printLock(lock: Lock): string {
  return `${JSON.stringify(lock, null, 2)}\n`;
}

/**
 * Returns the lock without its places, which change with the names of functions and don't affect
 * entries.
 */
export function withoutPlaces({ version, functions }: Lock): Lock {
  return { version, functions: functions.map(({ invalidatedIn: _, ...locked }) => locked) };
}

/** @throws LockError */
export function parseLock(text: string): Lock {
  let lock: Partial<Lock> | null;
  try {
    lock = JSON.parse(text) as Partial<Lock> | null;
  } catch {
    const conflict = text.includes("<<<<<<<") ? " It holds the marks of a merge conflict." : "";
    throw new LockError(`${lockFileName} is not JSON.${conflict} Write it again with zcache lock.`);
  }
  if (typeof lock?.version === "number" && lock.version > 1) {
    throw new LockError(
      `${lockFileName} has format ${lock.version}, which is of a later zcache. Update zcache.`,
    );
  }
  if (lock?.version !== 1 || !Array.isArray(lock.functions)) throw formError();
  for (const [i, one] of (lock.functions as unknown[]).entries()) checkLocked(one, i);
  return lock as Lock;
}

const isText = (value: unknown): boolean => typeof value === "string";
const isTexts = (value: unknown): boolean => Array.isArray(value) && value.every(isText);

/** The required form of each property of a function, and the words for it. */
const needed = {
  file: [isText, "a text"],
  function: [isText, "a text"],
  name: [isText, "a text"],
  key: [isText, "a text"],
  parameters: [isTexts, "a list of texts"],
  fingerprint: [isText, "a text"],
  returns: [isText, "a text"],
} as const;
const optional = {
  namespace: [isText, "a text"],
  version: [(value: unknown) => value === "auto", '"auto"'],
  tags: [isTexts, "a list of texts"],
  ttl: [isText, "a text"],
  codec: [isText, "a text"],
  cache: [isText, "a text"],
  batch: [(value: unknown) => value === true, "true"],
  invalidatedIn: [isTexts, "a list of texts"],
} as const;

/**
 * Checks an entry. A lock may have been written by hand, merged, or made by somebody else, so the
 * types of what is read from it are verified.
 */
function checkLocked(value: unknown, place: number): asserts value is LockedFunction {
  if (typeof value !== "object" || value === null)
    throw wrong(`functions[${place}]`, "an object", value);
  const check = (
    property: string,
    [isRight, what]: readonly [(value: unknown) => boolean, string],
  ): void => {
    const given: unknown = Object.hasOwn(value, property)
      ? (value as Record<string, unknown>)[property]
      : undefined;
    if (!isRight(given)) throw wrong(`functions[${place}].${property}`, what, given);
  };
  for (const [property, form] of Object.entries(needed)) check(property, form);
  for (const [property, form] of Object.entries(optional))
    if (Object.hasOwn(value, property)) check(property, form);
}

function wrong(where: string, what: string, given: unknown): LockError {
  if (given === undefined) return formError();
  return new LockError(
    `${where} of ${lockFileName} must be ${what}, but is ${shorten(JSON.stringify(given))}. Write it again with zcache lock.`,
  );
}

function formError(): LockError {
  return new LockError(
    `${lockFileName} does not have the form that zcache writes. Write it again with zcache lock.`,
  );
}

function shorten(text: string): string {
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}
