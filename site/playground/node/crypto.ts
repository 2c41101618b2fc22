import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";

/** The part of `node:crypto` that fingerprints need: SHA-256 of texts, in hexadecimal digits. */
export function createHash(algorithm: string) {
  if (algorithm !== "sha256") throw new Error(`The playground has no ${algorithm}.`);
  const hash = sha256.create();
  const encoder = new TextEncoder();
  const self = {
    update(text: string) {
      hash.update(encoder.encode(text));
      return self;
    },
    digest: (_form: "hex"): string => bytesToHex(hash.digest()),
  };
  return self;
}
