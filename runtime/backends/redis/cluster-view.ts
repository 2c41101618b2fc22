/** What one node of a Cluster knows about the Cluster. */
export interface ClusterView {
  /** The node that was asked. */
  readonly self: Holding;
  /** All nodes that hold slots, as far as this node knows. */
  readonly holdings: readonly Holding[];
  /**
   * A text that is equal for two views, of one node or of several, in which the same nodes hold the
   * same slots.
   */
  readonly digestOfHoldings: string;
  /**
   * Slots that are migrating to or from the node that was asked. Their keys may be on either node.
   */
  readonly moving: ReadonlySet<number>;
  /** A text that is equal for two views that say the same. */
  readonly digest: string;
}

/**
 * A node and its slots. Of two nodes that claim one slot, the one with the higher epoch holds it.
 */
export interface Holding {
  readonly id: string;
  readonly epoch: number;
  readonly ranges: readonly SlotRange[];
}

/** The first and the last slot of a range, which may be the same slot. */
export type SlotRange = readonly [first: number, last: number];

/**
 * Reads the reply to CLUSTER NODES, which has a line for each node: id, address, flags, master, two
 * times, epoch, link, and then its slots. `[77->-id]` is a slot that migrates away from the node
 * that was asked, and `[77-<-id]` is one that migrates to it.
 *
 * @throws if it is not such a reply
 */
export function parseClusterNodes(reply: string): ClusterView {
  let self: Holding | null = null;
  const holdings: Holding[] = [];
  const digests: string[] = [];
  const moving = new Set<number>();
  for (const line of reply.split("\n")) {
    const [id = "", , flags = "", , , , epoch, , ...slots] = line.trim().split(" ");
    const held = slots.filter((slot) => !slot.startsWith("["));
    const holding: Holding = { id, epoch: Number(epoch), ranges: held.map(parseRange) };
    if (flags.split(",").includes("myself")) self = holding;
    // Only the node that was asked has such slots.
    for (const slot of slots)
      if (slot.startsWith("[")) moving.add(Number.parseInt(slot.slice(1), 10));
    if (held.length === 0) continue;
    holdings.push(holding);
    digests.push(`${id} ${epoch} ${held.join(" ")}`);
  }
  if (!self) throw new Error("The reply to CLUSTER NODES does not name the node that was asked");
  // Each node lists the nodes in an order of its own.
  const digestOfHoldings = digests.sort().join("\n");
  const digest = `${self.id} ${self.epoch} ${[...moving].join()}\n${digestOfHoldings}`;
  return { self, holdings, digestOfHoldings, moving, digest };
}

function parseRange(text: string): SlotRange {
  const [first, last = first] = text.split("-").map(Number);
  return [first as number, last as number];
}
