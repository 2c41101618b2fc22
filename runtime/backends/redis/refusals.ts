export const mustBe = "RedisBackend: the client must be one of ioredis, iovalkey or node-redis (5 or 6)";

export const staleReplica =
  "A replica may not have heard of an invalidation yet, and would answer with the value that it removed.";

/** Follows "TieredBackend: ". */
export const untrackedCluster =
  "the client is a Cluster, each node of which only reports invalidations of its own keys. Use a RedisBackend alone, or a client of one Redis";
