import type { Voucher } from "../memory-backend";
import type { ClusterView } from "../redis/cluster-view";
import { slotCount } from "../redis/key-slot";
import { Claim } from "./claim";

/** A stream of a master, and what that master has said last of the Cluster. */
export interface SlotOwner extends Voucher {
  readonly view: ClusterView | null;
}

/**
 * Knows which stream reports the keys of which slot, and has the claims under which they are kept.
 *
 * A slot is a stream's if its master itself says so, if it isn't on its way to another node, and if no node knows of a
 * holder with a higher epoch, which is the rule of the nodes themselves: a master that stood still and was replaced
 * meanwhile does not know it yet, but the others do.
 */
export class SlotTable<Owner extends SlotOwner> {
  #owners: readonly (Owner | null)[] = noOwners;
  readonly #claims: (Claim | null)[] = Array.from({ length: slotCount }, () => null);
  /** Slots that are held by a node without a stream, or by none. */
  #strays = slotCount;

  /** Returns how many slots are held by a node without a stream, or by none. */
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

  /** Takes in what the masters have said, and ends the claims on slots that have left their owner. */
  update(streams: readonly Owner[]): void {
    const holders = findHolders(streams);
    const owners: (Owner | null)[] = noOwners.slice();
    const ids = new Set<string>();
    for (const stream of streams) {
      if (!stream.view) continue;
      const { self, moving } = stream.view;
      ids.add(self.id);
      forEachSlot(self, (slot) => {
        if (holders[slot] === self.id && !moving.has(slot)) owners[slot] = stream;
      });
    }
    this.#strays = holders.filter((id) => id === null || !ids.has(id)).length;
    const before = this.#owners;
    this.#owners = owners;
    for (let slot = 0; slot < slotCount; slot++) if (owners[slot] !== before[slot]) this.#endClaim(slot);
  }

  #endClaim(slot: number): void {
    this.#claims[slot]?.end();
    this.#claims[slot] = null;
  }
}

const noOwners: readonly null[] = Array.from({ length: slotCount }, () => null);

/** Returns the node that holds each slot, by all that is known of it, or null where that is in doubt. */
function findHolders(streams: readonly SlotOwner[]): readonly (string | null)[] {
  const holders: (string | null)[] = noOwners.slice();
  const epochs = new Float64Array(slotCount).fill(-1);
  for (const { view } of streams) {
    for (const holding of view?.holdings ?? []) {
      const { id, epoch } = holding;
      forEachSlot(holding, (slot) => {
        const known = epochs[slot] as number;
        if (epoch < known) return;
        if (epoch > known) holders[slot] = id;
        else if (holders[slot] !== id) holders[slot] = null;
        epochs[slot] = epoch;
      });
    }
  }
  return holders;
}

function forEachSlot({ ranges }: { readonly ranges: ClusterView["self"]["ranges"] }, visit: (slot: number) => void): void {
  for (const [first, last] of ranges) for (let slot = first; slot <= last; slot++) visit(slot);
}
