import { magic, parseStored, readLease, type Stored, type Times } from "../../runtime/entry/entry";
import { type Holder, holdersIn } from "../../runtime/entry/hold";
import { versionKeyOf } from "../../runtime/keys/key-names";
import { type Command, CommandError, exitCodes, projectOption } from "./command";
import { printRows } from "./describe-function";
import { argumentTags, findKeyOwners, type KeyOwner, tagsOfKey } from "./find-key-owner";
import { findWorkspace, showPlace, type Workspace } from "./load-projects";
import { type Client, redisOptions, withRedis } from "./open-redis";
import { readPayload } from "./read-payload";
import { describeTtl } from "./ttl";

type Row = readonly [name: string, value: string];

export const get: Command = {
  name: "get",
  positionals: "KEY",
  count: [1, 1],
  summary: "Shows what Redis has stored at a key: its value, tags, lease and time to live",
  details:
    "With a project, the function that the key belongs to determines the codec and the tags. Without one, the codec is guessed.",
  options: { ...redisOptions, project: projectOption },
  run: async (args, terminal) => {
    const [key = ""] = args.positionals;
    const workspace = findWorkspace(args, terminal);
    const owner = workspace && (findKeyOwners(workspace, key)[0] ?? null);
    const text = await withRedis(args, terminal, (client) =>
      describeKey(client, key, workspace, owner),
    );
    terminal.write(text);
    return exitCodes.clean;
  },
};

/** Returns the text that `zcache get` prints. */
export async function describeKey(
  client: Client,
  key: string,
  workspace: Workspace | null,
  owner: KeyOwner | null,
): Promise<string> {
  const [bytes, ttlMs] = await Promise.all([client.getBuffer(key), client.pttl(key)]);
  if (!bytes) throw new CommandError(`Redis holds nothing at ${key}.`);
  const stored = parseStored(bytes);
  const rows: Row[] = [
    ["key", key],
    ...(workspace && owner
      ? [["function", `${owner.target.owner} (${showPlace(workspace, owner.target)})`] as const]
      : []),
    ["ttl", describeTtl(ttlMs)],
    ...describeHeader(bytes, stored),
  ];
  if (stored === "unreadable" || stored.payload === null) return printRows(rows, "");
  const tags = workspace && owner ? tagsOfKey(workspace, owner) : [];
  rows.push(...(await describeVersions(client, stored, tags, owner)));
  const { codec, text } = readPayload(stored.payload, owner && codecOf(owner));
  rows.push(["codec", codec], ["payload", `${stored.payload.length} bytes`]);
  return `${printRows(rows, "")}\n${text}\n`;
}

/**
 * Returns the codec: json, unless one is named or `configure` may set another. In the second case
 * guessing is better.
 */
function codecOf({ target }: KeyOwner): string | null {
  return target.plan.options.codec;
}

function describeHeader(bytes: Buffer, stored: Stored): Row[] {
  if (stored === "unreadable") return [["header", describeUnreadable(bytes)]];
  if (stored.id === null) return [["header", "none: the bytes are the payload"]];
  const holders = holdersIn(bytes);
  if (holders) return describeHolders(holders);
  const payload: Row[] =
    stored.payload === null ? [["payload", "none: a caller is loading it"]] : [];
  const times = stored.payload === null || !stored.times ? [] : [describeTimes(stored.times)];
  return [["id", hex(stored.id)], ["lease", describeLease(bytes)], ...times, ...payload];
}

/** A transaction is writing this, so nobody may store there. */
function describeHolders(holders: readonly Holder[]): Row[] {
  const payload: Row = ["payload", "none: calls run their function, and nothing is stored"];
  return [
    ...holders.map(({ token, end }): Row => ["held", `by ${hex(token)} until ${showTime(end)}`]),
    payload,
  ];
}

function describeTimes({ freshUntil, loadMs }: Times): Row {
  return ["fresh", `until ${showTime(freshUntil)}; its loader took ${loadMs} ms`];
}

function showTime(ms: number): string {
  const date = new Date(ms);
  return Number.isNaN(date.getTime()) ? "a time that can't be read" : date.toISOString();
}

function describeUnreadable(bytes: Buffer): string {
  const isNewer = bytes.length > magic.length && bytes[3] !== magic.charCodeAt(3);
  return isNewer
    ? `of format ${bytes[3]}, which this zcache can't read: a miss`
    : "damaged: a miss";
}

function describeLease(bytes: Buffer): string {
  const lease = readLease(bytes);
  if (!lease) return "none";
  const { holder, until } = lease;
  return `held by ${holder} until ${until === "end of key" ? "the key expires" : showTime(until ?? NaN)}`;
}

function hex(id: string): string {
  return Buffer.from(id, "latin1").toString("hex");
}

/**
 * Describes the versions tag by tag if the key determines the tags, and otherwise how many there
 * are.
 */
async function describeVersions(
  client: Client,
  stored: Exclude<Stored, "unreadable">,
  tags: readonly (string | null)[],
  owner: KeyOwner | null,
): Promise<Row[]> {
  if (stored.payload === null) return [];
  const { versions, resultTags } = stored;
  const namespace = owner?.namespace ? owner.namespace.slice(0, -1) : null;
  const named = resultTags.map(async ({ name, version }): Promise<Row> => {
    const standing = await client.getBuffer(versionKeyOf(namespace, name));
    return ["of the result", `${name}: ${describeVersion(version, standing)}`];
  });
  const namedRows = await Promise.all(named);
  if (versions.length === 0 && tags.length === 0) return namedRows;
  if (versions.length !== tags.length) {
    const expected = owner ? `, but ${owner.target.owner} has ${tags.length}: a miss` : "";
    return [
      ["tags", `${versions.length} tag version${versions.length === 1 ? "" : "s"}${expected}`],
      ...namedRows,
    ];
  }
  const current = await Promise.all(
    tags.map(async (tag) =>
      tag === null ? undefined : client.getBuffer(versionKeyOf(namespace, tag)),
    ),
  );
  const own = versions.map((version, i): Row => {
    const template = owner ? (argumentTags(owner.target)[i] ?? "") : "";
    return [
      i === 0 ? "tags" : "",
      `${tags[i] ?? template}: ${describeVersion(version, current[i])}`,
    ];
  });
  const rows = [...own, ...namedRows];
  if (current.includes(undefined)) return rows;
  const verdict = stored.isCurrent(current as (Buffer | null)[])
    ? "current: a hit"
    : "invalidated: a miss";
  return [...rows, ["", verdict]];
}

/** @param current null if there is none, undefined if the key does not show which tag it is */
function describeVersion(version: string, current: Buffer | null | undefined): string {
  if (current === undefined)
    return `version ${hex(version)}, of a tag that is not known from the key`;
  if (current === null) return "invalidated, or evicted: it has no version now";
  return current.toString("latin1") === version ? "current" : "invalidated since";
}
