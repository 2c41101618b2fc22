export const mustBe =
  "RedisBackend: the client must be one of ioredis, iovalkey or node-redis (5 or 6)";

export const staleReplica =
  "A replica may not have received an invalidation yet, and would answer with the value that it removed.";
