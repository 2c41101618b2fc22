import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

/**
 * Of a CPU profile, the time spent in functions of a folder and in what they call, over the rest. Noise hits both alike.
 * What they do early that would be done anyway counts; what the rest has to do on their account does not.
 *
 * @param passing functions of the folder that stand in the place of others, and call these
 */
export function shareOf(profilePath, folder, passing) {
  const { nodes, samples, timeDeltas } = JSON.parse(readFileSync(profilePath, "utf8"));
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const own = pathToFileURL(folder).href;
  const inside = new Set();
  // Callers come before what they call.
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
