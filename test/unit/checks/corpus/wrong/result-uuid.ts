// expect: hint undetermined-result@4:4
import { randomUUID } from "node:crypto";

// @zcache ttl: 10m
export async function createSession(user: string): Promise<{ id: string; user: string }> {
  return { id: randomUUID(), user };
}
