import { reportsKey } from "../../keys/key-names";
import { type Inspector, type ScanStep } from "../inspector";
import { type RedisPort } from "./redis-port";
import { asReplies, asScanned, asText, asTtl } from "./redis-replies";
import { type Script } from "./redis-scripts";

const inspectors = new WeakMap<RedisPort, RedisInspector>();

/**
 * Returns the inspector of a client: the same one for all backends on it, so that a process leaves
 * one report there.
 */
export function inspectorOf(port: RedisPort): Inspector {
  let inspector = inspectors.get(port);
  if (!inspector) inspectors.set(port, (inspector = new RedisInspector(port)));
  return inspector;
}

/** Looks into a Redis, or into each master of a Cluster. */
class RedisInspector implements Inspector {
  readonly #port: RedisPort;

  constructor(port: RedisPort) {
    this.#port = port;
  }

  async ttl(key: string): Promise<number | null> {
    return asTtl(await this.#port.send("PTTL", [key]));
  }

  /**
   * A cursor is a server's number and its own cursor: `1:832`. If the server does not exist any
   * more, the walk ends.
   */
  async scan(cursor: string | null, prefix: string, count: number): Promise<ScanStep> {
    const [index, place] = (cursor ?? "0:0").split(":") as [string, string];
    const servers = await this.#port.servers();
    const server = servers[Number(index)];
    if (!server) return { cursor: null, keys: [] };
    const { keyPrefix } = this.#port;
    const pattern = `${escapePattern(keyPrefix + prefix)}*`;
    const scanned = asScanned(await server.ask("SCAN", [place, "MATCH", pattern, "COUNT", count]));
    const keys = scanned.keys.map((key) => key.slice(keyPrefix.length));
    if (scanned.cursor !== "0") return { cursor: `${index}:${scanned.cursor}`, keys };
    const next = Number(index) + 1;
    return { cursor: next < servers.length ? `${next}:0` : null, keys };
  }

  async keyCount(): Promise<number | null> {
    const servers = await this.#port.servers();
    const counts = await Promise.all(
      servers.map(async (server) => Number(await server.ask("DBSIZE", []))),
    );
    const sum = counts.reduce((all, count) => all + count, 0);
    return Number.isFinite(sum) ? sum : null;
  }

  async putReport(process: string, report: string, ttlMs: number): Promise<void> {
    await this.#port.run(putReport, [reportsKey], [process, report, ttlMs]);
  }

  async reports(): Promise<ReadonlyMap<string, string>> {
    const [fields] = asReplies(await this.#port.run(readReports, [reportsKey], []), 1);
    const texts = asReplies(fields, null).map(asText);
    const found = new Map<string, string>();
    for (let i = 0; i + 1 < texts.length; i += 2) {
      const process = texts[i] as string;
      if (!process.endsWith(deadlineEnd)) found.set(process, texts[i + 1] as string);
    }
    return found;
  }
}

/** A process's field with this suffix has the end of its report, by the server's clock. */
const deadlineEnd = "~";

/**
 * Removes the reports of processes that have left none for a while. The hash as a whole stays alive
 * because of the other processes, and would otherwise grow with each process that has ever run.
 */
const forgetOld = `
local time = redis.call("TIME")
local now = time[1] * 1000 + math.floor(time[2] / 1000)
for _, field in ipairs(redis.call("HKEYS", KEYS[1])) do
  if field:sub(-1) == "${deadlineEnd}" and tonumber(redis.call("HGET", KEYS[1], field)) <= now then
    redis.call("HDEL", KEYS[1], field, field:sub(1, -2))
  end
end`;

const putReport: Script = {
  name: "zcacheputreport",
  lua: `${forgetOld}
redis.call("HSET", KEYS[1], ARGV[1], ARGV[2], ARGV[1] .. "${deadlineEnd}", string.format("%.0f", now + ARGV[3]))
if redis.call("PTTL", KEYS[1]) < tonumber(ARGV[3]) then redis.call("PEXPIRE", KEYS[1], ARGV[3]) end
return {1}`,
};

const readReports: Script = {
  name: "zcachereadreports",
  lua: `${forgetOld}
return {redis.call("HGETALL", KEYS[1])}`,
};

/** The scripts that only Studio runs. */
export const inspectorScripts: readonly Script[] = [putReport, readReports];

/** Escapes the characters that have a meaning in a Redis pattern. */
function escapePattern(text: string): string {
  return text.replaceAll(/[\\*?[\]^]/g, "\\$&");
}
