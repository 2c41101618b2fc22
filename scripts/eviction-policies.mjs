/* oxlint-disable typescript/prefer-readonly -- JavaScript has no such modifier. */
/**
 * Ways to choose which key leaves a full cache, for `eviction-traces.mjs`. Each has `access(key,
 * size)`, which returns whether the key was there, and keeps at most `capacity` in sum.
 */

/** The key that was used longest ago leaves. */
export class Lru {
  #sizes = new Map();
  #used = 0;

  constructor(capacity) {
    this.capacity = capacity;
  }

  access(key, size) {
    const known = this.#sizes.get(key);
    if (known !== undefined) {
      this.#sizes.delete(key);
      this.#sizes.set(key, known);
      return true;
    }
    if (size > this.capacity) return false;
    this.#sizes.set(key, size);
    this.#used += size;
    while (this.#used > this.capacity) {
      const [oldest, freed] = this.#sizes.entries().next().value;
      this.#sizes.delete(oldest);
      this.#used -= freed;
    }
    return false;
  }
}

/** A hand goes from old to new keys. A key that was used since the hand last passed it stays. */
export class Sieve {
  #entries = new Map();
  #newest = null;
  #oldest = null;
  #hand = null;
  #used = 0;

  constructor(capacity) {
    this.capacity = capacity;
  }

  access(key, size) {
    const known = this.#entries.get(key);
    if (known) {
      known.visited = true;
      return true;
    }
    if (size > this.capacity) return false;
    while (this.#used + size > this.capacity) this.#evict();
    const entry = { key, size, visited: false, older: this.#newest, newer: null };
    if (this.#newest) this.#newest.newer = entry;
    this.#newest = entry;
    this.#oldest ??= entry;
    this.#entries.set(key, entry);
    this.#used += size;
    return false;
  }

  #evict() {
    let entry = this.#hand ?? this.#oldest;
    while (entry.visited) {
      entry.visited = false;
      entry = entry.newer ?? this.#oldest;
    }
    this.#hand = entry.newer;
    if (entry.older) entry.older.newer = entry.newer;
    else this.#oldest = entry.newer;
    if (entry.newer) entry.newer.older = entry.older;
    else this.#newest = entry.older;
    this.#entries.delete(entry.key);
    this.#used -= entry.size;
  }
}

/**
 * New keys wait in a small queue and leave from it unless they are used again. The main queue gives
 * keys that were used another turn. Keys that left the small queue are remembered for a while, and
 * enter the main one when they come back.
 */
export class S3Fifo {
  #entries = new Map();
  #small = new Map();
  #main = new Map();
  #ghosts = new Map();
  #smallUsed = 0;
  #mainUsed = 0;
  #ghostsUsed = 0;

  constructor(capacity, { small = 0.1, ghosts = 0.9, promoteAt = 2, mostUses = 3 } = {}) {
    this.capacity = capacity;
    this.smallCapacity = capacity * small;
    this.ghostCapacity = capacity * ghosts;
    this.promoteAt = promoteAt;
    this.mostUses = mostUses;
  }

  access(key, size) {
    const known = this.#entries.get(key);
    if (known) {
      if (known.uses < this.mostUses) known.uses++;
      return true;
    }
    if (size > this.capacity) return false;
    while (this.#smallUsed + this.#mainUsed + size > this.capacity) this.#evict();
    const entry = { key, size, uses: 0 };
    this.#entries.set(key, entry);
    const ghost = this.#ghosts.get(key);
    if (ghost === undefined) {
      this.#small.set(key, entry);
      this.#smallUsed += size;
    } else {
      this.#ghosts.delete(key);
      this.#ghostsUsed -= ghost;
      this.#main.set(key, entry);
      this.#mainUsed += size;
    }
    return false;
  }

  #evict() {
    if (this.#smallUsed > this.smallCapacity || this.#main.size === 0) this.#evictSmall();
    else this.#evictMain();
  }

  #evictSmall() {
    const [key, entry] = this.#small.entries().next().value;
    this.#small.delete(key);
    this.#smallUsed -= entry.size;
    if (entry.uses >= this.promoteAt) {
      entry.uses = 0;
      this.#main.set(key, entry);
      this.#mainUsed += entry.size;
      return;
    }
    this.#entries.delete(key);
    this.#ghosts.set(key, entry.size);
    this.#ghostsUsed += entry.size;
    while (this.#ghostsUsed > this.ghostCapacity) {
      const [oldest, size] = this.#ghosts.entries().next().value;
      this.#ghosts.delete(oldest);
      this.#ghostsUsed -= size;
    }
  }

  #evictMain() {
    for (;;) {
      const [key, entry] = this.#main.entries().next().value;
      this.#main.delete(key);
      if (entry.uses > 0) {
        entry.uses--;
        this.#main.set(key, entry);
        continue;
      }
      this.#mainUsed -= entry.size;
      this.#entries.delete(key);
      return;
    }
  }
}

/**
 * An LRU list whose newcomers must have been requested more often than the key that they would
 * evict (counted in a sketch).
 */
export class WTinyLfu {
  #window;
  #probation = new Map();
  #protected = new Map();
  #counts = new Map();
  #asked = 0;
  #windowMap = new Map();
  #windowUsed = 0;
  #probationUsed = 0;
  #protectedUsed = 0;

  constructor(capacity, { window = 0.01 } = {}) {
    this.capacity = capacity;
    this.#window = Math.max(1, capacity * window);
    this.mainCapacity = capacity - this.#window;
  }

  access(key, size) {
    this.#count(key);
    if (this.#windowMap.has(key)) return this.#touch(this.#windowMap, key);
    if (this.#protected.has(key)) return this.#touch(this.#protected, key);
    if (this.#probation.has(key)) return this.#promote(key);
    if (size > this.capacity) return false;
    this.#windowMap.set(key, size);
    this.#windowUsed += size;
    while (this.#windowUsed > this.#window && this.#windowMap.size > 0) this.#leaveWindow();
    return false;
  }

  #touch(map, key) {
    const size = map.get(key);
    map.delete(key);
    map.set(key, size);
    return true;
  }

  #promote(key) {
    const size = this.#probation.get(key);
    this.#probation.delete(key);
    this.#probationUsed -= size;
    this.#protected.set(key, size);
    this.#protectedUsed += size;
    while (this.#protectedUsed > this.mainCapacity * 0.8) {
      const [oldest, freed] = this.#protected.entries().next().value;
      this.#protected.delete(oldest);
      this.#protectedUsed -= freed;
      this.#probation.set(oldest, freed);
      this.#probationUsed += freed;
    }
    return true;
  }

  #leaveWindow() {
    const [candidate, size] = this.#windowMap.entries().next().value;
    this.#windowMap.delete(candidate);
    this.#windowUsed -= size;
    if (size > this.mainCapacity) return;
    while (this.#probationUsed + this.#protectedUsed + size > this.mainCapacity) {
      const isProbation = this.#probation.size > 0;
      const map = isProbation ? this.#probation : this.#protected;
      const [victim, freed] = map.entries().next().value;
      if (this.#timesOf(candidate) <= this.#timesOf(victim)) return;
      map.delete(victim);
      if (isProbation) this.#probationUsed -= freed;
      else this.#protectedUsed -= freed;
    }
    this.#probation.set(candidate, size);
    this.#probationUsed += size;
  }

  #timesOf(key) {
    return this.#counts.get(key) ?? 0;
  }

  /**
   * It counts exactly, where a real implementation estimates. All counts are halved from time to
   * time.
   */
  #count(key) {
    this.#counts.set(key, Math.min(this.#timesOf(key) + 1, 15));
    if (++this.#asked < 10 * Math.max(this.capacity, 100)) return;
    this.#asked = 0;
    for (const [one, times] of this.#counts) {
      if (times <= 1) this.#counts.delete(one);
      else this.#counts.set(one, times >> 1);
    }
  }
}

/**
 * Two LRU lists: one of keys that were used once, and one of the others. A key that comes back
 * after it was dropped moves the border between them.
 */
export class Arc {
  #border = 0;
  #once = new Map();
  #often = new Map();
  #onceDropped = new Map();
  #oftenDropped = new Map();

  constructor(capacity) {
    this.capacity = capacity;
  }

  /** All keys have the size 1. */
  access(key) {
    if (this.#once.delete(key) || this.#often.delete(key)) {
      this.#often.set(key, true);
      return true;
    }
    if (this.#onceDropped.has(key)) this.#comeBack(key, this.#onceDropped, this.#oftenDropped, 1);
    else if (this.#oftenDropped.has(key))
      this.#comeBack(key, this.#oftenDropped, this.#onceDropped, -1);
    else this.#add(key);
    return false;
  }

  #comeBack(key, from, other, direction) {
    const border = this.#border + direction * Math.max(1, other.size / from.size);
    this.#border = Math.min(this.capacity, Math.max(0, border));
    this.#makeRoom(direction < 0);
    from.delete(key);
    this.#often.set(key, true);
  }

  #add(key) {
    const all = this.#once.size + this.#often.size;
    if (this.#once.size + this.#onceDropped.size >= this.capacity) {
      if (this.#once.size >= this.capacity) this.#once.delete(oldestOf(this.#once));
      else {
        this.#onceDropped.delete(oldestOf(this.#onceDropped));
        this.#makeRoom(false);
      }
    } else if (all + this.#onceDropped.size + this.#oftenDropped.size >= this.capacity) {
      if (all + this.#onceDropped.size + this.#oftenDropped.size >= 2 * this.capacity)
        this.#oftenDropped.delete(oldestOf(this.#oftenDropped));
      this.#makeRoom(false);
    }
    this.#once.set(key, true);
  }

  #makeRoom(isAtBorder) {
    if (this.#once.size + this.#often.size < this.capacity) return;
    const { size } = this.#once;
    const fromOnce =
      size > 0 &&
      (size > this.#border || (isAtBorder && size === this.#border) || this.#often.size === 0);
    const [from, to] = fromOnce
      ? [this.#once, this.#onceDropped]
      : [this.#often, this.#oftenDropped];
    const oldest = oldestOf(from);
    from.delete(oldest);
    to.set(oldest, true);
  }
}

function oldestOf(map) {
  return map.keys().next().value;
}

/**
 * The optimum, which knows the future: it evicts the key that is used again last. All keys have one
 * size.
 */
export function optimalHits(keys, capacity) {
  const next = new Int32Array(keys.length);
  const later = new Map();
  for (let i = keys.length - 1; i >= 0; i--) {
    next[i] = later.get(keys[i]) ?? keys.length + i;
    later.set(keys[i], i);
  }
  const kept = new Map();
  const heap = new Heap();
  let hits = 0;
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i];
    if (kept.has(key)) hits++;
    else if (kept.size >= capacity) {
      for (;;) {
        const [at, farthest] = heap.pop();
        if (kept.get(farthest) !== at) continue;
        // The newcomer itself may be the key that isn't worth its place.
        if (at < next[i]) heap.push(at, farthest);
        else kept.delete(farthest);
        break;
      }
      if (kept.size >= capacity) continue;
    }
    kept.set(key, next[i]);
    heap.push(next[i], key);
  }
  return hits;
}

/** The largest key comes first. */
class Heap {
  #ranks = [];
  #values = [];

  push(rank, value) {
    let at = this.#ranks.length;
    while (at > 0) {
      const above = (at - 1) >> 1;
      if (this.#ranks[above] >= rank) break;
      this.#ranks[at] = this.#ranks[above];
      this.#values[at] = this.#values[above];
      at = above;
    }
    this.#ranks[at] = rank;
    this.#values[at] = value;
  }

  pop() {
    const top = [this.#ranks[0], this.#values[0]];
    const rank = this.#ranks.pop();
    const value = this.#values.pop();
    const { length } = this.#ranks;
    if (length === 0) return top;
    let at = 0;
    for (;;) {
      let below = 2 * at + 1;
      if (below >= length) break;
      if (below + 1 < length && this.#ranks[below + 1] > this.#ranks[below]) below++;
      if (this.#ranks[below] <= rank) break;
      this.#ranks[at] = this.#ranks[below];
      this.#values[at] = this.#values[below];
      at = below;
    }
    this.#ranks[at] = rank;
    this.#values[at] = value;
    return top;
  }
}
