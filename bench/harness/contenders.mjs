import { root } from "./prepare.mjs";
import { readFileSync } from "node:fs";

export const yardstick = "hand-written";
export const noise = "hand-written, again";
export const own = "zcache";

/** The peers, each with the package whose version is shown. */
const peers = {
  "layered-loader": "layered-loader",
  "async-cache-dedupe": "async-cache-dedupe",
  bentocache: "bentocache",
  cachified: "@epic-web/cachified",
  cacheable: "cacheable",
  "cache-manager": "cache-manager",
};

/** Loads the modules to compare, by name. A peer that can't be loaded is left out with a reason. */
export async function loadContenders({ quick, against }) {
  const handWritten = await import("../contenders/hand-written.mjs");
  const contenders = {
    [yardstick]: handWritten,
    [noise]: handWritten,
    [own]: await import("../contenders/zcache.mjs"),
  };
  for (const name of Object.keys(peers)) {
    if (against ? !against.includes(name) : quick) continue;
    try {
      contenders[name] = await import(`../contenders/${name}.mjs`);
    } catch (error) {
      process.stdout.write(`${name} is left out: ${error.message.split("\n")[0]}\n`);
    }
  }
  return contenders;
}

/**
 * Returns the modules that are compared in this row. Peers are left out if they can't do the same
 * work.
 */
export async function contendersFor({ cluster, client }, modules) {
  if (client === "node-redis") {
    const handWritten = await import("../contenders/hand-written-node-redis.mjs");
    return { [yardstick]: handWritten, [noise]: handWritten, [own]: modules[own] };
  }
  if (!cluster) return modules;
  return Object.fromEntries([yardstick, noise, own].map((name) => [name, modules[name]]));
}

export function versionOf(name) {
  const folder = name in peers ? `${root}bench/node_modules/${peers[name]}` : root;
  return JSON.parse(readFileSync(`${folder}/package.json`, "utf8")).version;
}
