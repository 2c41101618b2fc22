// expect: hint unfaithful-codec@5:4, hint unshareable-result@5:4
// What is returned may be paths alone; the library's type allows keys as well.
import { type SecureContextOptions } from "node:tls";

// @zcache ttl: 10m
export async function certificates(host: string): Promise<Pick<SecureContextOptions, "key" | "cert">> {
  return { key: `${host}.key`, cert: `${host}.crt` };
}
