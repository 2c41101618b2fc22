import test from "ava";
import { showUrl } from "../../../transformer/command-line/open-redis";

const addresses: readonly (readonly [given: string, shown: string])[] = [
  ["redis://localhost:6379", "redis://localhost:6379"],
  ["rediss://localhost:6379/2", "rediss://localhost:6379/2"],
  ["redis://me:secret@localhost:6379", "redis://localhost:6379"],
  ["redis://:se@cret@localhost", "redis://localhost"],
  ["redis://:se/cret@localhost", "redis://localhost"],
  ["redis://:se\ncret@localhost", "redis://localhost"],
  ["me:secret@localhost:6379", "localhost:6379"],
  ["me://secret@localhost:6379", "me://localhost:6379"],
  ["redis://localhost?password=secret", "redis://localhost"],
  ["redis://localhost?password=se@cret", "redis://…"],
  ["redis://:se?cret@localhost", "redis://…"],
  ["/run/redis.sock", "/run/redis.sock"],
];

for (const [given, shown] of addresses)
  test(`${JSON.stringify(given)} is shown without a password`, (t) => {
    t.is(showUrl(given), shown);
  });
