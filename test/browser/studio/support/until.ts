/** Waits for a condition that no selector can express. */
export async function until(isTrue: () => boolean | Promise<boolean>): Promise<void> {
  const endsAt = Date.now() + 30_000;
  while (!(await isTrue())) {
    if (Date.now() > endsAt) throw new Error(`This has not come true in 30 s: ${String(isTrue)}`);
    await new Promise((resolve) => setImmediate(resolve));
  }
}
