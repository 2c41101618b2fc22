import { type Cache } from "../../runtime/cache/cache";
import { keyText, templateOf } from "../../runtime/keys/key";
import { messageOf } from "../../runtime/user-code/thrown";
import { parseTemplate } from "../../transformer/directive/parse-template";
import { type LockedFunction } from "../../transformer/lock/lock";
import { type KeysOfCall } from "../api";
import { type Project } from "./project";
import { HttpError } from "./respond";

const mostIds = 1_000;

/**
 * Returns the keys of a call with these arguments, according to what the lock says about the
 * function. For a batch there is one for each id.
 * @param text the arguments as a JSON array: `[5, "en"]`
 */
export function keysOfArguments(
  project: Project,
  name: string,
  text: string,
  cache: Cache,
): KeysOfCall {
  const locked = project.find(name);
  if (!locked) throw new HttpError(404, "The lock file has no such function. Paste a key instead.");
  const args = parseArguments(text);
  try {
    return { name, keys: callsOf(locked, args).map((one) => keyOf(locked, one, cache)) };
  } catch (error) {
    throw error instanceof HttpError ? error : new HttpError(400, messageOf(error));
  }
}

function parseArguments(text: string): unknown[] {
  try {
    const args: unknown = JSON.parse(text);
    if (Array.isArray(args)) return args;
  } catch {
    // The error is thrown below.
  }
  throw new HttpError(400, 'Arguments are a JSON array: [5, "en"].');
}

/** A batch takes a list of ids, either as its first argument or as its rest arguments. */
function callsOf({ batch, parameters }: LockedFunction, args: unknown[]): unknown[][] {
  if (!batch) return [args];
  const ids = Array.isArray(args[0]) && parameters.length > 0 ? (args[0] as unknown[]) : args;
  if (ids.length > mostIds) throw new HttpError(400, `At most ${mostIds} ids at once.`);
  return ids.map((id) => [id, ...(ids === args ? [] : args.slice(1))]);
}

function keyOf(locked: LockedFunction, args: readonly unknown[], { settings }: Cache): string {
  const namespaces = [settings.namespace, locked.namespace]
    .filter((one) => one != null)
    .map((one) => `${one}:`)
    .join("");
  if (locked.key.startsWith(`${locked.name}|`)) {
    const version = locked.version === undefined ? "" : `@${locked.fingerprint}`;
    const names = placeholdersOf(locked.key.slice(locked.name.length + 1));
    return keyText(
      `${namespaces}${locked.name}${version}|`,
      { arguments: names.length },
      locked.function,
      undefined,
      args,
    );
  }
  const template = parseTemplate(locked.key);
  if ("message" in template)
    throw new HttpError(409, `The lock has a template that can't be read: ${template.message}`);
  const values = template.placeholders.map(({ text }) => valueOf(text, locked.parameters, args));
  const version = locked.version === undefined ? "" : `${locked.fingerprint}:`;
  return keyText(
    namespaces + version,
    templateOf(template.texts),
    locked.function,
    undefined,
    values,
  );
}

function placeholdersOf(text: string): readonly string[] {
  const parsed = parseTemplate(text);
  return "message" in parsed ? [] : parsed.placeholders.map((one) => one.text);
}

/**
 * Returns the value of a placeholder that is a parameter, its position, or a path from either:
 * `user.id`.
 */
function valueOf(
  expression: string,
  parameters: readonly string[],
  args: readonly unknown[],
): unknown {
  if (!/^[\p{ID_Continue}$]+(?:\??\.[\p{ID_Start}$_][\p{ID_Continue}$]*)*$/u.test(expression))
    throw new HttpError(
      409,
      `Its key has {${expression}}, which only the program can make. Paste a key instead.`,
    );
  const [root = "", ...path] = expression.split(/\??\./);
  const position = /^\d+$/.test(root) ? Number(root) : parameters.indexOf(root);
  if (position < 0)
    throw new HttpError(
      409,
      `Its key reads ${root}, which is not an argument. Paste a key instead.`,
    );
  let value: unknown = args[position];
  for (const name of path) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, name))
      return undefined;
    value = (value as Record<string, unknown>)[name];
  }
  return value;
}
