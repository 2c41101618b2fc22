import type { Voucher } from "../memory-backend";
import type { ClusterView } from "../redis/cluster-view";
import { slotCount } from "../redis/key-slot";
import { Claim } from "./claim";

/** A stream of a master, and that master's latest view of the Cluster. */
export interface SlotOwner extends Voucher {
  readonly view: ClusterView | null;
}

/**
 * Knows which stream reports the keys of each slot, and has the claims under which they are kept.
 *
 * A slot belongs to a stream if the stream's master says so, if the slot isn't migrating, and if no
 * node knows of a holder with a higher epoch. The last rule is that of the nodes themselves: a
 * master that was suspended and replaced meanwhile does not know it yet, but the others do.
 */
export class SlotTable<Owner extends SlotOwner> {
  #owners: readonly (Owner | null)[] = noOwners;
  readonly #claims: (Claim | null)[] = Array.from({ length: slotCount }, () => null);
  /** The number of slots that are held by a node without a stream, or by no node. */
  #strays = slotCount;

  /** Returns how many slots are held by a node without a stream, or by no node. */
  get strays(): number {
    return this.#strays;
  }

  ownerOf(slot: number): Owner | null {
    return this.#owners[slot] ?? null;
  }

  /** Returns the claim on the slot, under which what is read from its owner is kept. */
  claim(slot: number): Claim | null {
    const owner = this.ownerOf(slot);
    return owner && (this.#claims[slot] ??= new Claim(owner));
  }

  /** Ends the claims on all slots of the owner. */
  endClaims(owner: Owner): void {
    this.#owners.forEach((one, slot) => {
      if (one === owner) this.#endClaim(slot);
    });
  }

  /**
   * Updates the table from the masters' views, and ends the claims on slots that have left their
   * owner.
   */
  update(streams: readonly Owner[]): void {
    const { ids, holders } = findHolders(streams);
    const owners: (Owner | null)[] = noOwners.slice();
    const isOurs = ids.map(() => false);
    for (const stream of streams) {
      if (!stream.view) continue;
      const { self, moving } = stream.view;
      const id = ids.indexOf(self.id);
      if (id === -1) continue;
      isOurs[id] = true;
      for (const [first, last] of self.ranges) {
        for (let slot = first; slot <= last; slot++) {
          if (holders[slot] === id && !moving.has(slot)) owners[slot] = stream;
        }
      }
    }
    const before = this.#owners;
    this.#owners = owners;
    this.#strays = 0;
    for (let slot = 0; slot < slotCount; slot++) {
      if (!isOurs[holders[slot] as number]) this.#strays++;
      if (owners[slot] !== before[slot]) this.#endClaim(slot);
    }
  }

  #endClaim(slot: number): void {
    this.#claims[slot]?.end();
    this.#claims[slot] = null;
  }
}

const noOwners: readonly null[] = Array.from({ length: slotCount }, () => null);

/**
 * Returns the nodes, and for each slot the index of the node that holds it by all views, or -1 if
 * no node does or if it is in doubt.
 */
function findHolders(streams: readonly SlotOwner[]): {
  ids: readonly string[];
  holders: Int32Array;
} {
  const ids: string[] = [];
  const holders = new Int32Array(slotCount).fill(-1);
  const epochs = new Float64Array(slotCount).fill(-1);
  // Usually all masters have the same view.
  const known = new Map(
    streams.flatMap(({ view }) => (view ? [[view.digestOfHoldings, view.holdings]] : [])),
  );
  for (const holdings of known.values()) {
    for (const { id, epoch, ranges } of holdings) {
      const index = ids.includes(id) ? ids.indexOf(id) : ids.push(id) - 1;
      for (const [first, last] of ranges) {
        for (let slot = first; slot <= last; slot++) {
          const highest = epochs[slot] as number;
          if (epoch < highest) continue;
          if (epoch > highest) holders[slot] = index;
          else if (holders[slot] !== index) holders[slot] = -1;
          epochs[slot] = epoch;
        }
      }
    }
  }
  return { ids, holders };
}
