import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

/**
 * Returns the time in a CPU profile that is spent in functions of a folder and in what they call,
 * divided by the rest. Noise affects both alike. Work that they do early and that would be done
 * anyway counts; work that the rest has to do because of them does not.
 *
 * @param passing functions of the folder that replace others, and call these
 */
export function shareOf(profilePath, folder, passing) {
  const { nodes, samples, timeDeltas } = JSON.parse(readFileSync(profilePath, "utf8"));
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const own = pathToFileURL(folder).href;
  const inside = new Set();
  // Callers come before the functions that they call.
  const queue = [nodes[0]];
  for (const { id, callFrame, children = [] } of queue) {
    if (callFrame.url.startsWith(own) && !passing.test(callFrame.functionName)) inside.add(id);
    for (const child of children) {
      if (inside.has(id)) inside.add(child);
      queue.push(byId.get(child));
    }
  }
  let [added, rest] = [0, 0];
  samples.forEach((id, i) => {
    if (inside.has(id)) added += timeDeltas[i + 1] ?? 0;
    else if (byId.get(id).callFrame.functionName !== "(idle)") rest += timeDeltas[i + 1] ?? 0;
  });
  return added / rest;
}
