/**
 * Milliseconds of the machine's monotonic clock, which all processes share: times of different
 * processes can be compared.
 */
export const monotonicMs = (): number => Number(process.hrtime.bigint()) / 1e6;
