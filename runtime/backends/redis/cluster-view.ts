/** What a node of a Cluster knows of it. */
export interface ClusterView {
  /** The node that was asked. */
  readonly self: Holding;
  /** The node that was asked, and all others of which it knows that they hold slots. */
  readonly holdings: readonly Holding[];
  /** Slots that are on their way to or from the node that was asked. Their keys may be on either. */
  readonly moving: ReadonlySet<number>;
  /** Equal for two views that say the same. */
  readonly digest: string;
}

/** A node and its slots. Of two nodes that claim one slot, the one with the higher epoch holds it. */
export interface Holding {
  readonly id: string;
  readonly epoch: number;
  readonly ranges: readonly SlotRange[];
}

/** From the first to the last, which may be the same. */
export type SlotRange = readonly [first: number, last: number];

/**
 * Reads the reply to CLUSTER NODES, which has a line for each node: id, address, flags, master, two times, epoch, link,
 * and then its slots. `[77->-id]` is a slot that leaves the node that was asked, and `[77-<-id]` one that comes.
 *
 * @throws for what is not such a reply
 */
export function parseClusterNodes(reply: string): ClusterView {
  const holdings: Holding[] = [];
  const moving = new Set<number>();
  let self: Holding | null = null;
  let digest = "";
  for (const line of reply.split("\n")) {
    const [id = "", , flags = "", , , , epoch, , ...slots] = line.trim().split(" ");
    const isSelf = flags.split(",").includes("myself");
    if (slots.length === 0 && !isSelf) continue;
    const holding: Holding = {
      id,
      epoch: Number(epoch),
      ranges: slots.filter((slot) => !slot.startsWith("[")).map(parseRange),
    };
    for (const slot of slots) if (slot.startsWith("[")) moving.add(Number.parseInt(slot.slice(1), 10));
    holdings.push(holding);
    if (isSelf) self = holding;
    digest += `${isSelf ? "*" : ""}${id} ${epoch} ${slots.join(" ")}\n`;
  }
  if (!self) throw new Error("The reply to CLUSTER NODES does not name the node that was asked");
  return { self, holdings, moving, digest };
}

function parseRange(text: string): SlotRange {
  const [first, last = first] = text.split("-").map(Number);
  return [first as number, last as number];
}
