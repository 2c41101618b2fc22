// expect: hint undetermined-result@4:4
import crypto from "node:crypto";

// @zcache ttl: 10m
export async function csrfToken(user: string): Promise<string> {
  return `${user}.${crypto.randomBytes(16).toString("hex")}`;
}
