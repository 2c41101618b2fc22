/** The number of slots that the keys of a Cluster are spread over. */
export const slotCount = 16_384;

const remainders = Uint16Array.from({ length: 256 }, (_, byte) => {
  let remainder = byte << 8;
  for (let bit = 0; bit < 8; bit++)
    remainder = remainder & 0x8000 ? (remainder << 1) ^ 0x1021 : remainder << 1;
  return remainder;
});

/**
 * Returns the slot of a complete key: CRC16 (XMODEM) of its bytes, or of its hash tag if it has
 * one.
 */
export function slotOf(key: string): number {
  const hashed = findHashTag(key) ?? key;
  let crc = 0;
  for (const byte of Buffer.from(hashed))
    crc = ((crc << 8) & 0xffff) ^ (remainders[(crc >> 8) ^ byte] as number);
  return crc % slotCount;
}

/** Returns the text between the first "{" and the first "}" after it, unless that text is empty. */
export function findHashTag(key: string): string | null {
  const open = key.indexOf("{");
  const close = open === -1 ? -1 : key.indexOf("}", open + 1);
  return close > open + 1 ? key.slice(open + 1, close) : null;
}
